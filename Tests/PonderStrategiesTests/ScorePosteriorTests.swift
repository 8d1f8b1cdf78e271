import PonderGeneration
import PonderStrategies
import Testing

@Suite struct ScorePosteriorTests {
  private func posterior(_ prior: ScorePosterior.Prior, _ scores: [Double]) -> ScorePosterior {
    var posterior = ScorePosterior(prior)
    for score in scores { posterior.observe(score) }
    return posterior
  }

  private func draws(_ posterior: ScorePosterior, _ count: Int = 10_000) -> [Double] {
    (0..<count).map { posterior.draw(Seed(9).derived($0)) }
  }

  /// Four standard errors of a fraction of 10,000.
  private let tolerance = 4 * (0.25 / 10_000).squareRoot()

  @Test func theGaussianBeliefIsThatOfTheConjugatePrior() throws {
    let belief = posterior(.gaussian(), [0.6, 0.8])
    // κ = 1 + 2, m = (1·0 + 1.4)/3; ν = 1 + 2, ντ² = 1·0.1 + 0.02 + (2·1/3)·0.7².
    #expect(abs(belief.expectation - 1.4 / 3) < 1e-12)
    let spread = try #require(belief.spread)
    #expect(spread.nu == 3 && abs(spread.tauSquared - (0.12 + 2.0 / 3 * 0.49) / 3) < 1e-12)
  }

  @Test func theGaussianDrawIsStudentsT() throws {
    let belief = posterior(.gaussian(), [0.6, 0.8])
    let scale = (try #require(belief.spread).tauSquared * (1 + 1.0 / 3)).squareRoot()
    let draws = draws(belief).map { ($0 - belief.expectation) / scale }
    // Quantiles of t with 3 degrees of freedom: 75 % below 0.7649, 95 % below 2.3534.
    for (quantile, share) in [(0, 0.5), (0.7649, 0.75), (2.3534, 0.95), (-0.7649, 0.25)] {
      #expect(abs(Double(draws.count { $0 < quantile }) / 10_000 - share) < tolerance)
    }
  }

  @Test func theBetaBeliefCountsPartsOfSuccesses() {
    let belief = posterior(.beta(), [0.6, 0.8])
    // Beta(0.5 + 1.4, 0.5 + 0.6): mean 1.9/3, variance 1.9 · 1.1 / (9 · 4).
    #expect(abs(belief.expectation - 1.9 / 3) < 1e-12 && belief.spread == nil)
    let draws = draws(belief)
    let mean = draws.reduce(0, +) / 10_000
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
    #expect(abs(mean - 1.9 / 3) < 4 * (0.05806 / 10_000).squareRoot())
    #expect(abs(variance - 0.05806) < 0.004)
    #expect(draws.allSatisfy { (0...1).contains($0) })
  }

  @Test func jeffreysPriorIsTheArcsineDistribution() {
    // P(x < ¼) = 2/π · asin(½) = ⅓.
    #expect(abs(Double(draws(ScorePosterior(.beta())).count { $0 < 0.25 }) / 10_000 - 1.0 / 3) < tolerance)
  }

  @Test func aBetaOfTinyParametersStaysInItsRange() {
    let draws = draws(ScorePosterior(.beta(successes: 1e-4, failures: 1e-4)), 1000)
    #expect(draws.allSatisfy { (0...1).contains($0) })
    #expect((400...600).contains(draws.count { $0 > 0.5 }))
  }

  @Test func aDrawBelongsToItsSeed() {
    let belief = posterior(.gaussian(), [0.5])
    #expect(belief.draw(3) == belief.draw(3) && belief.draw(3) != belief.draw(4))
  }
}
