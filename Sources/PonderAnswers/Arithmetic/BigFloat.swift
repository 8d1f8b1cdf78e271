import BigInt

/// A binary floating-point number of `precision` bits: mantissa · 2^exponent.
///
/// Answers without a normal form are compared by their values, so the precision is far above what a key
/// shows: rounding errors stay below the last digit of the key even after heavy cancellation.
package struct BigFloat: Sendable, Hashable {
  package static let precision = 384

  let mantissa: BigInt
  let exponent: Int

  static let zero = BigFloat(0)
  static let one = BigFloat(1)

  init(_ integer: Int) { self.init(BigInt(integer), 0) }

  package init(_ value: Rational) {
    let shift = Self.precision + 2 + value.denominator.bitWidth - value.numerator.bitWidth
    if value.isInteger || shift <= 0 {
      self.init(value.numerator / value.denominator, 0)
    } else {
      self.init((value.numerator << shift) / value.denominator, -shift)
    }
  }

  init(_ mantissa: BigInt, _ exponent: Int) {
    let excess = mantissa.bitWidth - 1 - Self.precision
    if mantissa.isZero {
      self.mantissa = mantissa
      self.exponent = 0
    } else if excess > 64 {
      self.mantissa = BigInt(sign: mantissa.sign, magnitude: mantissa.magnitude >> excess)
      self.exponent = exponent + excess
    } else {
      self.mantissa = mantissa
      self.exponent = exponent
    }
  }

  var isZero: Bool { mantissa.isZero }
  package var isNegative: Bool { mantissa.sign == .minus }

  /// The number of the leading bit: 2^magnitude ≤ |self| < 2^(magnitude + 1). Very small for zero.
  package var magnitude: Int { isZero ? -1 << 40 : exponent + mantissa.magnitude.bitWidth - 1 }

  package static prefix func - (a: BigFloat) -> BigFloat { BigFloat(-a.mantissa, a.exponent) }

  package static func + (a: BigFloat, b: BigFloat) -> BigFloat {
    if a.isZero { return b }
    if b.isZero { return a }
    let (high, low) = a.exponent >= b.exponent ? (a, b) : (b, a)
    let shift = high.exponent - low.exponent
    if shift > 4 * precision { return high.magnitude - low.magnitude > 2 * precision ? high : low }
    return BigFloat((high.mantissa << shift) + low.mantissa, low.exponent)
  }

  package static func - (a: BigFloat, b: BigFloat) -> BigFloat { a + -b }

  package static func * (a: BigFloat, b: BigFloat) -> BigFloat {
    BigFloat(a.mantissa * b.mantissa, a.exponent + b.exponent)
  }

  /// `nil` when `b` is zero.
  package static func / (a: BigFloat, b: BigFloat) -> BigFloat? {
    if b.isZero { return nil }
    let shift = max(0, precision + 2 + b.mantissa.bitWidth - a.mantissa.bitWidth)
    return BigFloat((a.mantissa << shift) / b.mantissa, a.exponent - b.exponent - shift)
  }

  func dividedBySmall(_ divisor: Int) -> BigFloat {
    let shift = max(0, Self.precision + 66 - mantissa.bitWidth)
    return BigFloat((mantissa << shift) / BigInt(divisor), exponent - shift)
  }

  func scaled(byPowerOfTwo power: Int) -> BigFloat { BigFloat(mantissa, exponent + power) }

  /// - Precondition: not negative.
  var squareRoot: BigFloat {
    if isZero { return self }
    var shift = max(0, 2 * Self.precision + 4 - mantissa.bitWidth)
    if (exponent - shift) % 2 != 0 { shift += 1 }
    return BigFloat((mantissa << shift).squareRoot(), (exponent - shift) / 2)
  }

  /// The nearest integer not above, or `nil` beyond 2^4096.
  var floor: BigInt? {
    if exponent > 4096 { return nil }
    if exponent >= 0 { return mantissa << exponent }
    let whole = mantissa.magnitude >> -exponent
    if !isNegative { return BigInt(whole) }
    let isExact = whole << -exponent == mantissa.magnitude
    return -BigInt(isExact ? whole : whole + 1)
  }

  var double: Double {
    let shift = mantissa.bitWidth - 60
    guard shift > 0 else { return Double(Int(mantissa)) * pow2(exponent) }
    return Double(Int(mantissa >> shift)) * pow2(exponent + shift)
  }

  private func pow2(_ power: Int) -> Double {
    Double(sign: .plus, exponent: min(max(power, -2000), 2000), significand: 1)
  }
}

extension BigFloat: Comparable {
  package static func < (a: BigFloat, b: BigFloat) -> Bool { (a - b).isNegative }
}
