/// A complex number of `BigFloat` parts. Powers and logarithms take the principal branch.
package struct ComplexFloat: Sendable, Hashable {
  package let real: BigFloat
  package let imaginary: BigFloat

  static let zero = ComplexFloat(.zero)
  static let one = ComplexFloat(.one)
  static let i = ComplexFloat(.zero, .one)

  package init(_ real: BigFloat, _ imaginary: BigFloat = .zero) {
    self.real = real
    self.imaginary = imaginary
  }

  package var isReal: Bool { imaginary.isZero || imaginary.magnitude < max(real.magnitude, 0) + BigFloat.zeroMagnitude }
  var isZero: Bool { magnitude < BigFloat.zeroMagnitude }
  var magnitude: Int { max(real.magnitude, imaginary.magnitude) }

  static prefix func - (a: ComplexFloat) -> ComplexFloat { ComplexFloat(-a.real, -a.imaginary) }

  static func + (a: ComplexFloat, b: ComplexFloat) -> ComplexFloat {
    ComplexFloat(a.real + b.real, a.imaginary + b.imaginary)
  }

  static func - (a: ComplexFloat, b: ComplexFloat) -> ComplexFloat { a + -b }

  static func * (a: ComplexFloat, b: ComplexFloat) -> ComplexFloat {
    if a.imaginary.isZero, b.imaginary.isZero { return ComplexFloat(a.real * b.real) }
    return ComplexFloat(
      a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  /// `nil` when `b` is zero.
  static func / (a: ComplexFloat, b: ComplexFloat) -> ComplexFloat? {
    if b.isZero { return nil }
    if b.imaginary.isZero {
      guard let real = a.real / b.real, let imaginary = a.imaginary / b.real else { return nil }
      return ComplexFloat(real, imaginary)
    }
    let norm = b.real * b.real + b.imaginary * b.imaginary
    let product = a * ComplexFloat(b.real, -b.imaginary)
    guard let real = product.real / norm, let imaginary = product.imaginary / norm else { return nil }
    return ComplexFloat(real, imaginary)
  }

  var modulus: BigFloat {
    if imaginary.isZero { return real.isNegative ? -real : real }
    return (real * real + imaginary * imaginary).squareRoot
  }

  var exponential: ComplexFloat? {
    guard let scale = real.exponential else { return nil }
    if imaginary.isZero { return ComplexFloat(scale) }
    guard let (sine, cosine) = imaginary.sineAndCosine else { return nil }
    return ComplexFloat(scale * cosine, scale * sine)
  }

  /// `nil` for zero.
  var naturalLogarithm: ComplexFloat? {
    guard !isZero, let scale = modulus.naturalLogarithm else { return nil }
    return ComplexFloat(scale, argument)
  }

  /// The angle in (−π, π].
  var argument: BigFloat {
    if isReal { return real.isNegative ? .pi : .zero }
    if real.isZero {
      let half = BigFloat.pi.scaled(byPowerOfTwo: -1)
      return imaginary.isNegative ? -half : half
    }
    let angle = (imaginary / real)?.arctangent ?? .zero
    if !real.isNegative { return angle }
    return imaginary.isNegative ? angle - .pi : angle + .pi
  }

  var squareRoot: ComplexFloat? {
    if isReal { return real.isNegative ? ComplexFloat(.zero, (-real).squareRoot) : ComplexFloat(real.squareRoot) }
    guard let logarithm = naturalLogarithm else { return .zero }
    return (logarithm * ComplexFloat(BigFloat(1).scaled(byPowerOfTwo: -1))).exponential
  }

  func power(_ exponent: Int) -> ComplexFloat? {
    guard abs(exponent) <= 1 << 16 else { return nil }
    var (base, result, count) = (self, ComplexFloat.one, abs(exponent))
    while count > 0 {
      if count & 1 == 1 { result = result * base }
      count >>= 1
      if count > 0 { base = base * base }
      if abs(base.magnitude) > 1 << 24 { return nil }
    }
    return exponent >= 0 ? result : .one / result
  }

  /// The n-th root: real for a real number where one exists, else the principal one.
  func root(_ n: Int) -> ComplexFloat? {
    if n == 2 { return squareRoot }
    if isZero { return .zero }
    if isReal, real.isNegative, n % 2 != 0 {
      return ComplexFloat(-real).root(n).map { -$0 }
    }
    guard let logarithm = naturalLogarithm,
      let part = logarithm / ComplexFloat(BigFloat(n))
    else { return nil }
    return part.exponential
  }
}
