/// An exact fraction in lowest terms with a positive denominator. Operations that leave 128 bits give `nil`.
struct Rational: Sendable, Hashable {
  let numerator: Int128
  let denominator: Int128

  init(_ numerator: Int128, _ denominator: Int128 = 1) {
    precondition(denominator > 0, "denominator \(denominator), must be > 0")
    let divisor = max(Self.greatestCommonDivisor(numerator.magnitude, denominator.magnitude), 1)
    self.numerator = numerator / Int128(divisor)
    self.denominator = denominator / Int128(divisor)
  }

  static func sum(_ a: Rational, _ b: Rational) -> Rational? {
    guard let left = product(a.numerator, b.denominator), let right = product(b.numerator, a.denominator),
      let below = product(a.denominator, b.denominator)
    else { return nil }
    let (above, overflows) = left.addingReportingOverflow(right)
    return overflows ? nil : Rational(above, below)
  }

  static func difference(_ a: Rational, _ b: Rational) -> Rational? {
    b.numerator == .min ? nil : sum(a, Rational(-b.numerator, b.denominator))
  }

  static func product(_ a: Rational, _ b: Rational) -> Rational? {
    guard let above = product(a.numerator, b.numerator), let below = product(a.denominator, b.denominator)
    else { return nil }
    return Rational(above, below)
  }

  /// `nil` also for a division by zero.
  static func quotient(_ a: Rational, _ b: Rational) -> Rational? {
    guard b.numerator != 0, b.numerator != .min else { return nil }
    let sign: Int128 = b.numerator < 0 ? -1 : 1
    return product(a, Rational(sign * b.denominator, sign * b.numerator))
  }

  /// For integer exponents up to 64 in magnitude.
  static func power(_ base: Rational, _ exponent: Rational) -> Rational? {
    guard exponent.denominator == 1, exponent.numerator.magnitude <= 64 else { return nil }
    var result = Rational(1)
    for _ in 0..<Int(exponent.numerator.magnitude) {
      guard let next = product(result, base) else { return nil }
      result = next
    }
    return exponent.numerator < 0 ? quotient(Rational(1), result) : result
  }

  /// Whether `written`, which has so many decimals, is this number rounded to as many: half a unit off at most.
  func rounds(to written: Rational, decimals: Int) -> Bool {
    guard decimals <= 30, let difference = Self.difference(self, written),
      let unit = Self.power(Rational(10), Rational(Int128(decimals))),
      let scaled = Self.product(difference, unit), let doubled = Self.product(scaled, Rational(2))
    else { return false }
    return doubled.numerator.magnitude <= doubled.denominator.magnitude
  }

  private static func product(_ a: Int128, _ b: Int128) -> Int128? {
    let (value, overflows) = a.multipliedReportingOverflow(by: b)
    return overflows ? nil : value
  }

  private static func greatestCommonDivisor(_ a: UInt128, _ b: UInt128) -> UInt128 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
