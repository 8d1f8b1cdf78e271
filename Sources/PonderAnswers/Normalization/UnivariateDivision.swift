/// Cancels common factors by Euclid's algorithm on polynomials in one variable over ℚ.
enum UnivariateDivision {
  /// Coefficients by ascending exponent; the last is not zero.
  private typealias Coefficients = [Rational]

  /// Numerator and denominator without their common factor; `nil` when more than one generator is below the line.
  /// Roots, i and other generators above it are coefficients: each must be divided by itself.
  static func cancelled(_ top: Polynomial, _ bottom: Polynomial) -> (Polynomial, Polynomial)? {
    guard bottom.generators.count == 1, let variable = bottom.generators.first,
      let (divisor, shift) = coefficients(of: bottom.terms.map { ($0.key[variable] ?? 0, $0.value) })
    else { return nil }
    // Numerator parts by what stands beside the powers of the variable.
    var parts: [Polynomial.Monomial: [(Int, Rational)]] = [:]
    for (monomial, coefficient) in top.terms {
      var rest = monomial
      rest[variable] = nil
      parts[rest, default: []].append((monomial[variable] ?? 0, coefficient))
    }
    var dense: [(rest: Polynomial.Monomial, coefficients: Coefficients, shift: Int)] = []
    var common = divisor
    for (rest, terms) in parts {
      guard let (coefficients, lowest) = coefficients(of: terms) else { return nil }
      dense.append((rest, coefficients, lowest))
      common = gcd(common, coefficients)
    }
    var numerator = Polynomial()
    for part in dense {
      add(divided(part.coefficients, by: common).quotient, part.shift - shift, variable, part.rest, to: &numerator)
    }
    var denominator = Polynomial()
    add(divided(divisor, by: common).quotient, 0, variable, [:], to: &denominator)
    return (numerator, denominator)
  }

  private static func add(
    _ coefficients: Coefficients, _ shift: Int, _ variable: Polynomial.Generator, _ rest: Polynomial.Monomial,
    to polynomial: inout Polynomial
  ) {
    for (exponent, coefficient) in coefficients.enumerated() where !coefficient.isZero {
      var monomial = rest
      monomial[variable] = exponent + shift == 0 ? nil : exponent + shift
      polynomial.add(coefficient, monomial)
    }
  }

  /// Dense coefficients and the lowest exponent.
  private static func coefficients(of terms: [(Int, Rational)]) -> (Coefficients, Int)? {
    guard let lowest = terms.map(\.0).min(), let highest = terms.map(\.0).max(),
      highest - lowest <= Polynomial.highestExponent
    else { return nil }
    var coefficients = Coefficients(repeating: .zero, count: highest - lowest + 1)
    for (exponent, coefficient) in terms { coefficients[exponent - lowest] = coefficient }
    return (coefficients, lowest)
  }

  /// The greatest common divisor with leading coefficient 1; 1 when its coefficients would grow too large.
  private static func gcd(_ a: Coefficients, _ b: Coefficients) -> Coefficients {
    var (a, b) = (a, b)
    while !b.isEmpty {
      if b.contains(where: { $0.size > 2048 }) { return [.one] }
      (a, b) = (b, monic(divided(a, by: b).remainder))
    }
    return monic(a)
  }

  private static func monic(_ a: Coefficients) -> Coefficients {
    guard let leading = a.last, let scale = Rational.one / leading else { return a }
    return a.map { $0 * scale }
  }

  private static func divided(_ a: Coefficients, by b: Coefficients) -> (
    quotient: Coefficients, remainder: Coefficients
  ) {
    guard a.count >= b.count, let leading = b.last else { return ([], a) }
    var rest = a
    var quotient = Coefficients(repeating: .zero, count: a.count - b.count + 1)
    while rest.count >= b.count, let last = rest.last, let factor = last / leading {
      let shift = rest.count - b.count
      quotient[shift] = factor
      for index in b.indices { rest[shift + index] = rest[shift + index] - factor * b[index] }
      while let last = rest.last, last.isZero { rest.removeLast() }
    }
    return (quotient, rest)
  }
}
