import PonderGeneration

/// Draws from the usual distributions, from the random numbers of one seed.
struct RandomVariates {
  private var generator: Philox4x32

  init(_ seed: Seed) { generator = seed.generator }

  /// Uniform in (0, 1).
  mutating func uniform() -> Double { (Double(generator.next() >> 12) + 0.5) * 0x1p-52 }

  /// Standard normal, by Marsaglia's polar method.
  mutating func normal() -> Double {
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let s = x * x + y * y
      if s > 0, s < 1 { return x * (-2 * Math.log(s) / s).squareRoot() }
    }
  }

  /// Gamma of scale 1 (Marsaglia and Tsang 2000); shape > 0.
  mutating func gamma(_ shape: Double) -> Double {
    guard shape >= 1 else { return gamma(shape + 1) * Math.exp(Math.log(uniform()) / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if Math.log(uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v) { return d * v }
    }
  }

  /// Beta; both parameters > 0.
  mutating func beta(_ a: Double, _ b: Double) -> Double {
    let (x, y) = (gamma(a), gamma(b))
    // Both underflow only for parameters near 0, where the mass is at the ends.
    return x + y > 0 ? x / (x + y) : uniform() < a / (a + b) ? 1 : 0
  }
}
