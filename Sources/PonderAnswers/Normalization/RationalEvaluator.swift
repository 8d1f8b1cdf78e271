import BigInt

/// Exact arithmetic on literals: what most answers need.
struct RationalEvaluator {
  /// Results above this many bits are not computed exactly.
  static let bits = 1 << 14

  /// The exact value, or `nil` when the expression has none, or none that is a fraction of reasonable size.
  func value(of tree: SyntaxTree) -> Rational? {
    switch tree.node {
    case .number(let value, _): return value
    case .negation(let inner): return value(of: inner).map { -$0 }
    case .sum(let terms): return fold(terms, .zero, +)
    case .product(let factors): return fold(factors, .one, *)
    case .quotient(let a, let b):
      guard let numerator = value(of: a), let denominator = value(of: b) else { return nil }
      return limited(numerator / denominator)
    case .power(let base, let exponent):
      guard let exponent = value(of: exponent), let base = value(of: base) else { return nil }
      return power(base, exponent)
    case .root(let index, let radicand):
      let order = index.map { value(of: $0)?.int } ?? 2
      guard let order, let radicand = value(of: radicand) else { return nil }
      return Self.root(radicand, order)
    case .factorial(let inner, let isDouble):
      guard let n = value(of: inner)?.int, (0...1000).contains(n) else { return nil }
      return Rational(stride(from: n, to: 1, by: isDouble ? -2 : -1).reduce(BigInt(1)) { $0 * BigInt($1) })
    case .binomial(let upper, let lower):
      guard let n = value(of: upper)?.int, let k = value(of: lower)?.int, (0...1000).contains(n), k >= 0 else {
        return nil
      }
      return Rational((0..<min(k, n + 1)).reduce(BigInt(1)) { $0 * BigInt(n - $1) / BigInt($1 + 1) })
    case .degrees(let inner), .percent(let inner): return value(of: inner)
    case .function(let function, let arguments): return self.function(function, arguments)
    case .call, .list, .symbol, .constant, .text, .plusMinus, .logarithm, .tuple, .set, .setBuilder, .combination,
      .ratio, .matrix, .transpose, .relation:
      return nil
    }
  }

  private func fold(
    _ trees: [SyntaxTree], _ start: Rational, _ combine: (Rational, Rational) -> Rational
  ) -> Rational? {
    var result = start
    for tree in trees {
      guard let value = value(of: tree), let next = limited(combine(result, value)) else { return nil }
      result = next
    }
    return result
  }

  private func limited(_ value: Rational?) -> Rational? {
    value.flatMap { $0.size <= Self.bits ? $0 : nil }
  }

  private func power(_ base: Rational, _ exponent: Rational) -> Rational? {
    guard let order = exponent.denominator == 1 ? 1 : Int(exactly: exponent.denominator), order <= 64,
      let count = Int(exactly: exponent.numerator), order == 1 || !base.isNegative,
      let root = Self.root(base, order)
    else { return nil }
    return root.power(count, bits: Self.bits)
  }

  /// The real root, where it is a fraction.
  static func root(_ value: Rational, _ order: Int) -> Rational? {
    guard order >= 1, order <= 64 else { return nil }
    if order == 1 { return value }
    if value.isNegative { return order % 2 == 0 ? nil : root(-value, order).map { -$0 } }
    guard let top = root(value.numerator, order), let bottom = root(value.denominator, order) else { return nil }
    return Rational(numerator: top, denominator: bottom)
  }

  private static func root(_ value: BigInt, _ order: Int) -> BigInt? {
    if value < 2 { return value }
    if order == 2 {
      let root = value.squareRoot()
      return root * root == value ? root : nil
    }
    var low = BigInt(1)
    var high = BigInt(1) << (value.bitWidth / order + 1)
    while low < high {
      let middle = (low + high + 1) >> 1
      if middle.power(order) <= value { low = middle } else { high = middle - 1 }
    }
    return low.power(order) == value ? low : nil
  }

  private func function(_ function: ElementaryFunction, _ arguments: [SyntaxTree]) -> Rational? {
    let values = arguments.compactMap(value)
    guard values.count == arguments.count, let first = values.first else { return nil }
    switch function {
    case .abs: return first.isNegative ? -first : first
    case .floor: return Rational(floor(first))
    case .ceil: return Rational(-floor(-first))
    case .min: return values.min()
    case .max: return values.max()
    case .gcd where values.allSatisfy(\.isInteger):
      return Rational(values.reduce(BigInt(0)) { $0.greatestCommonDivisor(with: $1.numerator) })
    case .lcm where values.allSatisfy { $0.isInteger && !$0.isZero }:
      return limited(
        Rational(
          values.reduce(BigInt(1)) { lcm, next in
            lcm / lcm.greatestCommonDivisor(with: next.numerator) * next.numerator
          }))
    default: return nil
    }
  }

  private func floor(_ value: Rational) -> BigInt {
    let (quotient, remainder) = value.numerator.quotientAndRemainder(dividingBy: value.denominator)
    return remainder.sign == .minus && !remainder.isZero ? quotient - 1 : quotient
  }
}
