import BigInt

/// Elementary functions by argument reduction and Taylor series (Brent and Zimmermann, *Modern Computer
/// Arithmetic*, chapter 4). Errors stay below 2^-340 relative for arguments below 2^32.
extension BigFloat {
  /// π by Machin's formula.
  package static let pi: BigFloat = {
    (inverseArctangent(5) * BigFloat(4) - inverseArctangent(239)) * BigFloat(4)
  }()

  /// ln 2 = 2 artanh(1/3).
  static let ln2: BigFloat = (0..<260).reduce(.zero) { sum, k in
    sum + BigFloat(Rational(numerator: 2, denominator: BigInt(2 * k + 1) * BigInt(3).power(2 * k + 1)))
  }

  private static func inverseArctangent(_ n: Int) -> BigFloat {
    var sum = BigFloat.zero
    var power = BigFloat(Rational(numerator: 1, denominator: BigInt(n)))
    for k in 0..<280 {
      let term = power.dividedBySmall(2 * k + 1)
      if term.magnitude < -precision - 40 { break }
      sum = k % 2 == 0 ? sum + term : sum - term
      power = power.dividedBySmall(n * n)
    }
    return sum
  }

  /// e^self, or `nil` where the result is beyond 2^±32768.
  package var exponential: BigFloat? {
    if isZero { return .one }
    guard magnitude < 15, let quotient = (self / Self.ln2)?.floor, let shift = Int(exactly: quotient) else {
      return nil
    }
    // |reduced| < ln 2 / 2^8: some 40 terms.
    let halvings = 8
    let reduced = (self - BigFloat(shift) * Self.ln2).scaled(byPowerOfTwo: -halvings)
    var term = BigFloat.one
    var sum = BigFloat.one
    for k in 1..<80 {
      term = (term * reduced).dividedBySmall(k)
      if term.magnitude < -Self.precision - 40 { break }
      sum = sum + term
    }
    for _ in 0..<halvings { sum = sum * sum }
    return sum.scaled(byPowerOfTwo: shift)
  }

  /// ln self by Newton's iteration on the exponential.
  /// - Precondition: positive.
  package var naturalLogarithm: BigFloat? {
    let shift = magnitude
    guard abs(shift) < 1 << 20 else { return nil }
    let reduced = scaled(byPowerOfTwo: -shift)
    var guess = BigFloat(
      Rational(numerator: BigInt(log2Approximation(reduced.double) * 1e15), denominator: BigInt(10).power(15)))
    for _ in 0..<5 {
      guard let power = guess.exponential, let step = (reduced - power) / (reduced + power) else { return nil }
      guess = guess + step.scaled(byPowerOfTwo: 1)
    }
    return guess + BigFloat(shift) * Self.ln2
  }

  /// ln x for x in [1, 2), good enough to start Newton's iteration.
  private func log2Approximation(_ x: Double) -> Double {
    let y = (x - 1) / (x + 1)
    var sum = 0.0
    for k in stride(from: 21, through: 1, by: -2) { sum = sum * y * y + 1 / Double(k) }
    return 2 * y * sum
  }

  /// sin and cos together, or `nil` for arguments beyond 2^32.
  package var sineAndCosine: (sine: BigFloat, cosine: BigFloat)? {
    guard magnitude < 32 else { return nil }
    let halfPi = Self.pi.scaled(byPowerOfTwo: -1)
    guard let ratio = self / halfPi, let quotient = (ratio + BigFloat(1, -1)).floor else { return nil }
    let reduced = (self - BigFloat(quotient, 0) * halfPi).scaled(byPowerOfTwo: -6)
    let square = reduced * reduced
    var term = reduced
    var sine = reduced
    for k in 1..<60 {
      term = -(term * square).dividedBySmall(2 * k * (2 * k + 1))
      if term.magnitude < -Self.precision - 40 { break }
      sine = sine + term
    }
    var cosine = BigFloat.one
    term = .one
    for k in 1..<60 {
      term = -(term * square).dividedBySmall((2 * k - 1) * 2 * k)
      if term.magnitude < -Self.precision - 40 { break }
      cosine = cosine + term
    }
    for _ in 0..<6 { (sine, cosine) = ((sine * cosine).scaled(byPowerOfTwo: 1), cosine * cosine - sine * sine) }
    switch Int(quotient.modulus(4)) {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// arctan self, by halving the angle until the series is short.
  package var arctangent: BigFloat {
    if magnitude >= 1, let inverse = BigFloat.one / self {
      let halfPi = Self.pi.scaled(byPowerOfTwo: -1)
      return isNegative ? -halfPi - inverse.arctangent : halfPi - inverse.arctangent
    }
    var reduced = self
    for _ in 0..<8 {
      reduced = (reduced / (BigFloat.one + (BigFloat.one + reduced * reduced).squareRoot)) ?? .zero
    }
    let square = reduced * reduced
    var power = reduced
    var sum = reduced
    for k in 1..<120 {
      power = -(power * square)
      let term = power.dividedBySmall(2 * k + 1)
      if term.magnitude < -Self.precision - 40 { break }
      sum = sum + term
    }
    return sum.scaled(byPowerOfTwo: 8)
  }
}
