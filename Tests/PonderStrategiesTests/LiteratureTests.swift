import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Shapes that the literature reports, on simulated reasoners: each with the mechanism that makes it, and where there is
/// one a preset in which it reverses. Means over five seeds; differences are asserted beyond two standard errors.
@Suite struct LiteratureTests {
  static let problems = (0..<60).map { SimulatedProblem($0, steps: 4).problem }
  static let seeds: [Seed] = [1, 2, 3, 4, 5]
  let model = SimulatedReasoner(successByLevel: [0.72])

  /// For each problem and seed what `measure` says of its pool of samples.
  func pools(
    _ count: Int, rewardModel: SimulatedRewardModel = SimulatedRewardModel()
  ) async throws -> [(candidates: [Candidate], answer: String)] {
    var pools: [(candidates: [Candidate], answer: String)] = []
    let strategy = Sample(count).scored(by: rewardModel.reduced(.last))
    for seed in Self.seeds {
      for problem in Self.problems {
        let outcome = try await strategy.solve(problem, on: model, seed: seed)
        pools.append((outcome.candidates, "\\boxed{\(problem.reference ?? "")}"))
      }
    }
    return pools
  }

  func accuracy(_ pools: [(candidates: [Candidate], answer: String)], first k: Int, by selector: some Selector)
    -> Double
  {
    let right = pools.count { pool in
      selector.select(from: Array(pool.candidates.prefix(k)))?.candidate.text.contains(pool.answer) ?? false
    }
    return Double(right) / Double(pools.count)
  }

  /// Two standard errors of a difference of two fractions of 300.
  let noise = 2 * (2 * 0.25 / 300).squareRoot()

  /// Mechanism: more samples, more chances that one is right.
  @Test func coverageRisesWithN() async throws {
    let pools = try await pools(32)
    let coverage = [1, 4, 16, 32].map { k in
      Double(pools.count { pool in pool.candidates.prefix(k).contains { $0.text.contains(pool.answer) } })
        / Double(pools.count)
    }
    #expect(coverage == coverage.sorted())
    // 0.72⁴ = 0.27 for one sample; 1 − 0.73¹⁶ = 0.993.
    #expect(abs(coverage[0] - 0.27) < noise && coverage[2] > 0.97)
  }

  /// Mechanism: the right answer is the commonest one, so votes find it; once they have, more of them change nothing.
  @Test func theMajorityRisesAndThenPlateaus() async throws {
    let pools = try await pools(64)
    let majority = [1, 16, 32, 64].map { accuracy(pools, first: $0, by: .majority(of: .boxedAnswer)) }
    #expect(majority[1] > majority[0] + noise)
    #expect(majority[3] - majority[2] < majority[1] - majority[0])
  }

  /// Mechanism: scores that know something tell right votes from wrong ones; scores that mislead do the opposite.
  @Test func theWeightedVoteBeatsTheMajorityExactlyIfTheRewardModelKnowsSomething() async throws {
    let informative = try await pools(8, rewardModel: SimulatedRewardModel(discrimination: 2, noise: 1))
    #expect(
      accuracy(informative, first: 8, by: .weightedVote(of: .boxedAnswer))
        > accuracy(informative, first: 8, by: .majority(of: .boxedAnswer)) + noise)
    let misleading = try await pools(8, rewardModel: SimulatedRewardModel(discrimination: -2, noise: 1))
    #expect(
      accuracy(misleading, first: 8, by: .weightedVote(of: .boxedAnswer))
        < accuracy(misleading, first: 8, by: .majority(of: .boxedAnswer)) - noise)
  }

  /// Mechanism: easy questions agree early.
  @Test func adaptiveConsistencySavesSamplesAtEqualAccuracy() async throws {
    let easy = SimulatedReasoner(successByLevel: [0.93])
    let full = Sample(16).selected(by: .majority(of: .boxedAnswer))
    let adaptive = AdaptiveSample(Sample(16), until: .beta(threshold: 0.95), of: .boxedAnswer)
    var right = (full: 0, adaptive: 0)
    var samples = (full: 0, adaptive: 0)
    for seed in Self.seeds {
      for problem in Self.problems {
        let answer = "\\boxed{\(problem.reference ?? "")}"
        let a = try await full.solve(problem, on: easy, seed: seed)
        let b = try await adaptive.solve(problem, on: easy, seed: seed)
        if a.selected?.text.contains(answer) == true { right.full += 1 }
        if b.selected?.text.contains(answer) == true { right.adaptive += 1 }
        samples.full += a.usage.charged.samples
        samples.adaptive += b.usage.charged.samples
      }
    }
    #expect(samples.adaptive * 2 < samples.full)
    #expect(Double(right.full - right.adaptive) / 300 < noise)
  }

  /// Mechanism: a search spends its tokens behind right steps, samples spend most behind a wrong one.
  @Test func beamSearchBeatsBestOfNOnHardProblemsAtAnEqualBudget() async throws {
    let hard = SimulatedReasoner(successByLevel: [0.5])
    let rewardModel = SimulatedRewardModel(discrimination: 2, noise: 1)
    var right = (beam: 0, best: 0)
    for seed in Self.seeds {
      for problem in Self.problems {
        let answer = "\\boxed{\(problem.reference ?? "")}"
        let beam = try await BeamSearch(8, guidedBy: rewardModel).solve(problem, on: hard, seed: seed)
        let budget = Budget.tokens(beam.usage.charged.tokens)
        let best = try await Sample(64, maximumTokens: 100).scored(by: rewardModel.reduced(.last))
          .selected(by: .bestOfN).limited(to: budget).solve(problem, on: hard, seed: seed)
        if beam.selected?.text.contains(answer) == true { right.beam += 1 }
        if best.selected?.text.contains(answer) == true { right.best += 1 }
      }
    }
    #expect(Double(right.beam - right.best) / 300 > noise)
  }
}
