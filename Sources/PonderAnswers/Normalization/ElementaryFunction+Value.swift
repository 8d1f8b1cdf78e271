extension ElementaryFunction {
  /// Whether the argument is an angle.
  var isTrigonometric: Bool {
    switch self {
    case .sin, .cos, .tan, .cot, .sec, .csc: true
    default: false
    }
  }

  /// The value on the principal branch, or `nil` where there is none.
  func value(at z: ComplexFloat) -> ComplexFloat? {
    switch self {
    case .sin: return Self.sineAndCosine(z)?.sine
    case .cos: return Self.sineAndCosine(z)?.cosine
    case .tan: return Self.sineAndCosine(z).flatMap { quotient($0.sine, $0.cosine) }
    case .cot: return Self.sineAndCosine(z).flatMap { quotient($0.cosine, $0.sine) }
    case .sec: return Self.sineAndCosine(z).flatMap { quotient(.one, $0.cosine) }
    case .csc: return Self.sineAndCosine(z).flatMap { quotient(.one, $0.sine) }
    case .asin: return arcsine(z)
    case .acos: return arcsine(z).map { ComplexFloat(BigFloat.pi.scaled(byPowerOfTwo: -1)) - $0 }
    case .atan: return z.isReal ? ComplexFloat(z.real.arctangent) : nil
    case .acot: return z.isReal ? ComplexFloat(BigFloat.pi.scaled(byPowerOfTwo: -1) - z.real.arctangent) : nil
    case .sinh, .cosh, .tanh: return hyperbolic(z)
    case .exp: return z.exponential
    case .ln, .log: return z.naturalLogarithm
    case .log10:
      guard let top = z.naturalLogarithm, let bottom = BigFloat(10).naturalLogarithm else { return nil }
      return top / ComplexFloat(bottom)
    case .abs: return ComplexFloat(z.modulus)
    case .floor: return z.isReal ? wholePart(z.real).map { ComplexFloat($0) } : nil
    case .ceil: return z.isReal ? wholePart(-z.real).map { ComplexFloat(-$0) } : nil
    case .sqrt: return z.squareRoot
    case .min, .max, .gcd, .lcm: return nil
    }
  }

  private func quotient(_ a: ComplexFloat, _ b: ComplexFloat) -> ComplexFloat? { b.isZero ? nil : a / b }

  private static func sineAndCosine(_ z: ComplexFloat) -> (sine: ComplexFloat, cosine: ComplexFloat)? {
    if z.isReal {
      return z.real.sineAndCosine.map { (ComplexFloat($0.sine), ComplexFloat($0.cosine)) }
    }
    guard let forward = (z * .i).exponential, let backward = (-(z * .i)).exponential else { return nil }
    let half = ComplexFloat(BigFloat(1).scaled(byPowerOfTwo: -1))
    return ((backward - forward) * .i * half, (forward + backward) * half)
  }

  /// For real arguments in [−1, 1].
  private func arcsine(_ z: ComplexFloat) -> ComplexFloat? {
    guard z.isReal else { return nil }
    let rest = BigFloat.one - z.real * z.real
    let halfPi = BigFloat.pi.scaled(byPowerOfTwo: -1)
    if rest.magnitude < BigFloat.zeroMagnitude { return ComplexFloat(z.real.isNegative ? -halfPi : halfPi) }
    guard !rest.isNegative, let tangent = z.real / rest.squareRoot else { return nil }
    return ComplexFloat(tangent.arctangent)
  }

  private func hyperbolic(_ z: ComplexFloat) -> ComplexFloat? {
    guard let up = z.exponential, let down = (-z).exponential else { return nil }
    let half = ComplexFloat(BigFloat(1).scaled(byPowerOfTwo: -1))
    switch self {
    case .sinh: return (up - down) * half
    case .cosh: return (up + down) * half
    default: return quotient(up - down, up + down)
    }
  }

  /// The floor; a value that is an integer but for rounding counts as that integer.
  private func wholePart(_ value: BigFloat) -> BigFloat? {
    guard let nearest = (value + BigFloat(1).scaled(byPowerOfTwo: -1)).floor, let floor = value.floor else {
      return nil
    }
    let rounded = BigFloat(nearest, 0)
    return (value - rounded).magnitude < -200 ? rounded : BigFloat(floor, 0)
  }
}
