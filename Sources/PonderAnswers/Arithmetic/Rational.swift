import BigInt

/// An exact fraction in lowest terms with a positive denominator.
package struct Rational: Sendable, Hashable {
  package let numerator: BigInt
  package let denominator: BigInt

  package static let zero = Rational(0)
  package static let one = Rational(1)
  package static let half = Rational(numerator: 1, denominator: 2)

  package init(_ integer: Int) { self.init(BigInt(integer)) }

  package init(_ integer: BigInt) {
    numerator = integer
    denominator = 1
  }

  /// - Precondition: the denominator is not zero.
  package init(numerator: BigInt, denominator: BigInt) {
    precondition(!denominator.isZero, "a fraction needs a denominator other than zero")
    let divisor = denominator == 1 ? 1 : numerator.greatestCommonDivisor(with: denominator)
    let signed = denominator.sign == .minus ? -divisor : divisor
    self.numerator = signed == 1 ? numerator : numerator / signed
    self.denominator = signed == 1 ? denominator : denominator / signed
  }

  package var isZero: Bool { numerator.isZero }
  package var isInteger: Bool { denominator == 1 }
  package var isNegative: Bool { numerator.sign == .minus }

  /// The value as an `Int`, if it is one.
  package var int: Int? { isInteger && numerator.bitWidth < 64 ? Int(numerator) : nil }

  /// The bits of numerator and denominator together.
  package var size: Int { numerator.bitWidth + denominator.bitWidth }

  package static func + (a: Rational, b: Rational) -> Rational {
    if a.isInteger, b.isInteger { return Rational(a.numerator + b.numerator) }
    return Rational(
      numerator: a.numerator * b.denominator + b.numerator * a.denominator,
      denominator: a.denominator * b.denominator)
  }

  package static func - (a: Rational, b: Rational) -> Rational { a + -b }

  package static prefix func - (a: Rational) -> Rational {
    Rational(reduced: -a.numerator, a.denominator)
  }

  package static func * (a: Rational, b: Rational) -> Rational {
    if a.isInteger, b.isInteger { return Rational(a.numerator * b.numerator) }
    return Rational(numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator)
  }

  /// `nil` when `b` is zero.
  package static func / (a: Rational, b: Rational) -> Rational? {
    if b.isZero { return nil }
    return Rational(numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator)
  }

  /// The power, or `nil` for 0 to a negative power and for results above `bits` bits.
  package func power(_ exponent: Int, bits: Int) -> Rational? {
    if exponent == 0 { return .one }
    if isZero { return exponent > 0 ? .zero : nil }
    let (product, overflow) = size.multipliedReportingOverflow(
      by: exponent.magnitude > UInt(bits) ? bits : abs(exponent))
    let isUnit = denominator == 1 && numerator.magnitude == 1
    if !isUnit, overflow || product > 2 * bits || exponent.magnitude > UInt(bits) { return nil }
    let count = isUnit ? abs(exponent % 2) : abs(exponent)
    let raised = Rational(reduced: numerator.power(count), denominator.power(count))
    return exponent > 0 ? raised : Rational.one / raised
  }

  private init(reduced numerator: BigInt, _ denominator: BigInt) {
    self.numerator = numerator
    self.denominator = denominator
  }
}

extension Rational: Comparable {
  package static func < (a: Rational, b: Rational) -> Bool {
    a.numerator * b.denominator < b.numerator * a.denominator
  }
}

extension Rational: CustomStringConvertible {
  package var description: String { isInteger ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
