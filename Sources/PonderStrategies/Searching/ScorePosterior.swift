import PonderGeneration

/// What is believed of the scores that one choice of a search leads to, after some of them were seen.
///
/// The two models of AB-MCTS-A (Inoue et al. 2025, arXiv:2503.04412), with that paper's priors unless said otherwise.
public struct ScorePosterior: Sendable, Hashable, Codable {
  /// A family of beliefs, and the belief before anything is seen.
  public enum Prior: Sendable, Hashable, Codable {
    /// Scores are normal with unknown mean and variance; the prior is normal-inverse-χ²(m, κ, ν, τ²) with κ, ν, τ² > 0.
    case gaussian(mean: Double = 0, kappa: Double = 1, nu: Double = 1, tauSquared: Double = 0.1)
    /// A score in [0, 1] is a success in that part and a failure in the rest; the prior is Beta(a, b) with a, b > 0.
    case beta(successes: Double = 0.5, failures: Double = 0.5)

    /// Whether all parameters are in their ranges.
    var isValid: Bool {
      switch self {
      case .gaussian(let mean, let kappa, let nu, let tauSquared):
        mean.isFinite && [kappa, nu, tauSquared].allSatisfy { $0 > 0 && $0.isFinite }
      case .beta(let a, let b): [a, b].allSatisfy { $0 > 0 && $0.isFinite }
      }
    }
  }

  /// The belief before anything was seen.
  public let prior: Prior
  /// Scores seen.
  public private(set) var count = 0
  /// The mean of the scores seen; 0 of none.
  public private(set) var mean = 0.0
  /// The sum of the squared distances of the scores from their mean.
  public private(set) var squaredDeviations = 0.0

  /// Begins with the prior.
  public init(_ prior: Prior) { self.prior = prior }

  /// Takes a score into account (Welford's update).
  public mutating func observe(_ score: Double) {
    count += 1
    let distance = score - mean
    mean += distance / Double(count)
    squaredDeviations += distance * (score - mean)
  }

  /// The mean of the next score, by the belief.
  public var expectation: Double {
    let n = Double(count)
    return switch prior {
    case .gaussian(let m, let kappa, _, _): (kappa * m + n * mean) / (kappa + n)
    case .beta(let a, let b): (a + n * mean) / (a + b + n)
    }
  }

  /// ν and τ² of the Gaussian belief (Murphy 2023, "Probabilistic Machine Learning: Advanced Topics", §3.4.3.3); `nil` for
  /// the Beta model.
  public var spread: (nu: Double, tauSquared: Double)? {
    guard case .gaussian(let m, let kappa, let nu, let tauSquared) = prior else { return nil }
    let n = Double(count)
    let shift = n * kappa / (kappa + n) * (m - mean) * (m - mean)
    return (nu + n, (nu * tauSquared + squaredDeviations + shift) / (nu + n))
  }

  /// The next score as the belief would have it, drawn at random by the seed: one draw of Thompson sampling.
  ///
  /// Of the Gaussian model it is a draw from the posterior predictive, Student's t with ν degrees of freedom around the
  /// expectation, of scale τ·√(1 + 1/κ). (The paper's code draws the mean alone, without the noise of the next score.) Of
  /// the Beta model it is a draw of the success rate.
  public func draw(_ seed: Seed) -> Double {
    var variates = RandomVariates(seed)
    switch prior {
    case .gaussian(_, let kappa, _, _):
      guard let (nu, tauSquared) = spread else { return expectation }
      let variance = nu * tauSquared / (2 * variates.gamma(nu / 2))
      return expectation + (variance * (1 + 1 / (kappa + Double(count)))).squareRoot() * variates.normal()
    case .beta(let a, let b):
      let successes = mean * Double(count)
      return variates.beta(a + successes, b + Double(count) - successes)
    }
  }
}
