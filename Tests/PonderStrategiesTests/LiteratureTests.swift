import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Shapes that the literature reports of sampling and voting, each in a preset that names the mechanism, and where there is
/// one in a preset in which it reverses. Over five seeds; gains are asserted by their 95 % interval.
@Suite struct LiteratureTests {
  /// Pools of samples with scores, and what selectors make of their beginnings.
  struct Pools {
    var pools: [(candidates: [Candidate], answer: String)] = []

    init(_ count: Int, in preset: SimulationPreset) async throws {
      let strategy = Sample(count).scored(by: preset.verifier)
      for problem in preset.problems {
        for seed in Accuracy.seeds {
          let outcome = try await strategy.solve(problem, on: preset.reasoner, seed: seed)
          pools.append((outcome.candidates, "\\boxed{\(problem.reference ?? "")}"))
        }
      }
    }

    /// How often a selector is right that sees the first k samples of each pool.
    func accuracy(first k: Int, by selector: some Selector) -> Accuracy {
      accuracy { pool in
        selector.select(from: Array(pool.candidates.prefix(k)))?.candidate.text.contains(pool.answer) ?? false
      }
    }

    /// How often one of the first k samples is right.
    func coverage(first k: Int) -> Accuracy {
      accuracy { pool in pool.candidates.prefix(k).contains { $0.text.contains(pool.answer) } }
    }

    private func accuracy(_ isRight: ((candidates: [Candidate], answer: String)) -> Bool) -> Accuracy {
      let seeds = Accuracy.seeds.count
      return Accuracy(
        byProblem: stride(from: 0, to: pools.count, by: seeds).map { start in
          Double(pools[start..<start + seeds].count(where: isRight)) / Double(seeds)
        })
    }
  }

  @Test func coverageRisesWithN() async throws {
    let pools = try await Pools(32, in: .fourUncertainSteps)
    let coverage = [1, 4, 16, 32].map { pools.coverage(first: $0) }
    for (fewer, more) in zip(coverage, coverage.dropFirst()) { #expect(more.mean >= fewer.mean) }
    #expect(coverage[1].gain(over: coverage[0]).lowerBound > 0 && coverage[2].gain(over: coverage[1]).lowerBound > 0)
    // 0.72⁴ = 0.27 for one sample; 1 − 0.73¹⁶ = 0.993.
    #expect(coverage[0].interval.contains(0.2687) && coverage[2].mean > 0.97)
  }

  @Test func theMajorityRisesAndThenPlateaus() async throws {
    let pools = try await Pools(64, in: .fourUncertainSteps)
    let majority = [1, 16, 32, 64].map { pools.accuracy(first: $0, by: .majority(of: .boxedAnswer)) }
    #expect(majority[1].gain(over: majority[0]).lowerBound > 0)
    #expect(majority[3].mean - majority[2].mean < majority[1].mean - majority[0].mean)
  }

  @Test func theWeightedVoteBeatsTheMajorityExactlyIfTheRewardModelKnowsSomething() async throws {
    for (preset, isInformative) in [(SimulationPreset.fourUncertainSteps, true), (.misleadingRewards, false)] {
      let pools = try await Pools(8, in: preset)
      let gain = pools.accuracy(first: 8, by: .weightedVote(of: .boxedAnswer))
        .gain(over: pools.accuracy(first: 8, by: .majority(of: .boxedAnswer)))
      #expect(isInformative ? gain.lowerBound > 0 : gain.upperBound < 0, "\(preset): \(gain)")
    }
  }

  @Test func adaptiveConsistencySavesSamplesAtEqualAccuracy() async throws {
    let full = try await Accuracy(of: Sample(16).selected(by: .majority(of: .boxedAnswer)), in: .easyQuestions)
    let adaptive = try await Accuracy(
      of: AdaptiveSample(Sample(16), until: .beta(threshold: 0.95), of: .boxedAnswer), in: .easyQuestions)
    #expect(adaptive.spent.samples * 2 < full.spent.samples)
    #expect(adaptive.gain(over: full).upperBound >= 0)
    // Where no answer leads, there is nothing to save.
    let hard = try await Accuracy(
      of: AdaptiveSample(Sample(16), until: .beta(threshold: 0.95), of: .boxedAnswer), in: .hardQuestions)
    #expect(hard.spent.samples * 5 > full.spent.samples * 4)
  }
}
