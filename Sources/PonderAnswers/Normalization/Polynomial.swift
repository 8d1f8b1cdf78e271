import BigInt

/// A polynomial with rational coefficients in variables, π, e, i and square roots of primes, always reduced by
/// i² = −1 and √p² = p. Exponents of variables, π and e may be negative.
///
/// The monomials are linearly independent over ℚ (for π and e as far as anyone knows), so equal polynomials have
/// equal coefficients: this is a normal form.
struct Polynomial: Hashable {
  /// More terms than this are not worked with.
  static let mostTerms = 96
  /// Nor are higher exponents.
  static let highestExponent = 128

  enum Generator: Hashable, Comparable {
    case imaginary
    case root(Int)
    case pi
    case e
    case variable(String)

    /// Whether a power of it is a rational number.
    var isAlgebraic: Bool {
      switch self {
      case .imaginary, .root: true
      case .pi, .e, .variable: false
      }
    }
  }

  /// Exponents by generator; none is zero.
  typealias Monomial = [Generator: Int]

  private(set) var terms: [Monomial: Rational] = [:]

  init() {}
  init(_ constant: Rational) { add(constant, [:]) }
  init(_ generator: Generator) { add(.one, [generator: 1]) }

  var isZero: Bool { terms.isEmpty }
  var generators: Set<Generator> { Set(terms.keys.flatMap(\.keys)) }

  /// The coefficient if there is no other monomial than 1.
  var constant: Rational? {
    terms.isEmpty ? .zero : terms.count == 1 ? terms[[:]] : nil
  }

  mutating func add(_ coefficient: Rational, _ monomial: Monomial) {
    let sum = (terms[monomial] ?? .zero) + coefficient
    terms[monomial] = sum.isZero ? nil : sum
  }

  static func + (a: Polynomial, b: Polynomial) -> Polynomial {
    var sum = a
    for (monomial, coefficient) in b.terms { sum.add(coefficient, monomial) }
    return sum
  }

  static func - (a: Polynomial, b: Polynomial) -> Polynomial { a + b.scaled(by: Rational(-1)) }

  func scaled(by factor: Rational) -> Polynomial {
    var result = Polynomial()
    for (monomial, coefficient) in terms { result.add(coefficient * factor, monomial) }
    return result
  }

  /// `nil` when the product is too large.
  static func * (a: Polynomial, b: Polynomial) -> Polynomial? {
    guard a.terms.count * b.terms.count <= 16 * mostTerms else { return nil }
    var product = Polynomial()
    for (left, x) in a.terms {
      for (right, y) in b.terms {
        guard let (factor, monomial) = multiplied(left, right) else { return nil }
        product.add(factor * x * y, monomial)
      }
    }
    let isLarge = product.terms.count > mostTerms || product.terms.values.contains { $0.size > 4096 }
    return isLarge ? nil : product
  }

  /// The product of two monomials, with the rational number that its roots give.
  private static func multiplied(_ a: Monomial, _ b: Monomial) -> (Rational, Monomial)? {
    var factor = Rational.one
    var monomial = a
    for (generator, exponent) in b {
      let sum = (monomial[generator] ?? 0) + exponent
      guard abs(sum) <= highestExponent else { return nil }
      switch generator {
      case .imaginary where sum == 2:
        factor = -factor
        monomial[generator] = nil
      case .root(let prime) where sum == 2:
        factor = factor * Rational(prime)
        monomial[generator] = nil
      default: monomial[generator] = sum == 0 ? nil : sum
      }
    }
    return (factor, monomial)
  }

  /// The inverse of a single term.
  var invertedTerm: Polynomial? {
    guard terms.count == 1, let (monomial, coefficient) = terms.first, var factor = Rational.one / coefficient else {
      return nil
    }
    var inverse: Monomial = [:]
    for (generator, exponent) in monomial {
      switch generator {
      case .imaginary:
        factor = -factor
        inverse[generator] = 1
      case .root(let prime):
        guard let reduced = factor / Rational(prime) else { return nil }
        factor = reduced
        inverse[generator] = 1
      default: inverse[generator] = -exponent
      }
    }
    var result = Polynomial()
    result.add(factor, inverse)
    return result
  }

  /// The polynomial with the sign of an algebraic generator changed.
  func conjugated(by generator: Generator) -> Polynomial {
    var result = Polynomial()
    for (monomial, coefficient) in terms {
      result.add(monomial[generator] == nil ? coefficient : -coefficient, monomial)
    }
    return result
  }

  /// The terms in one fixed order: by their monomials as text.
  var sortedTerms: [(monomial: [(Generator, Int)], coefficient: Rational)] {
    terms.map { (monomial: $0.key.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, coefficient: $0.value) }
      .sorted { Self.precedes($0.monomial, $1.monomial) }
  }

  private static func precedes(_ a: [(Generator, Int)], _ b: [(Generator, Int)]) -> Bool {
    for (x, y) in zip(a, b) {
      if x.0 != y.0 { return x.0 < y.0 }
      if x.1 != y.1 { return x.1 > y.1 }
    }
    return a.count > b.count
  }
}
