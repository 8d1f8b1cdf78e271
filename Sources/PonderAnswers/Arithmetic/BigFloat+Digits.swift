import BigInt

extension BigFloat {
  /// The digits that a key shows.
  static let keyDigits = 40
  /// Values this much smaller than what they were computed from are taken for zero.
  static let zeroMagnitude = -224

  /// The value in scientific notation rounded to `keyDigits` digits, the same for every way of computing it.
  package var keyText: String {
    if isZero || magnitude < Self.zeroMagnitude { return "0" }
    // The decimal exponent: log10(2) · magnitude, corrected by the digits that come out.
    var decimal = Int((Double(magnitude) * 0.30102999566398119).rounded(.down))
    for _ in 0..<3 {
      guard let digits = digits(Self.keyDigits - 1 - decimal) else { return "2^\(magnitude)" }
      let text = Array(String(digits).utf8)
      if text.count == Self.keyDigits {
        let zeros = text.reversed().prefix { $0 == UInt8(ascii: "0") }.count
        return (isNegative ? "-0." : "0.") + String(decoding: text.dropLast(zeros), as: UTF8.self) + "e\(decimal + 1)"
      }
      decimal += text.count > Self.keyDigits ? 1 : -1
    }
    return "2^\(magnitude)"
  }

  /// |self| · 10^power, rounded to the nearest integer; `nil` where that is out of reach.
  private func digits(_ power: Int) -> BigUInt? {
    guard abs(power) < 20_000, abs(exponent) < 80_000 else { return nil }
    let ten = BigUInt(10).power(abs(power))
    let doubling = exponent + 1
    let scaled = power >= 0 ? mantissa.magnitude * ten : mantissa.magnitude
    let doubled = doubling >= 0 ? scaled << doubling : scaled >> -doubling
    return ((power >= 0 ? doubled : doubled / ten) + 1) >> 1
  }

  /// The fraction that this value is, if it is one to 200 bits with a denominator below 2^48: by continued fractions.
  package var recognizedRational: Rational? {
    guard magnitude < 128 else { return nil }
    if isZero || magnitude < Self.zeroMagnitude { return .zero }
    var rest = self
    var (h0, h1) = (BigInt(0), BigInt(1))
    var (k0, k1) = (BigInt(1), BigInt(0))
    for _ in 0..<64 {
      guard let whole = rest.floor else { return nil }
      (h0, h1) = (h1, whole * h1 + h0)
      (k0, k1) = (k1, whole * k1 + k0)
      if k1.bitWidth > 48 { return nil }
      let fraction = rest - BigFloat(whole, 0)
      // A quotient that ends leaves nothing; one that is merely large leaves far more than this.
      if fraction.magnitude < -100 {
        let candidate = Rational(numerator: h1, denominator: k1)
        return (self - BigFloat(candidate)).magnitude < max(magnitude, 0) - 200 ? candidate : nil
      }
      guard let next = BigFloat.one / fraction else { return nil }
      rest = next
    }
    return nil
  }
}
