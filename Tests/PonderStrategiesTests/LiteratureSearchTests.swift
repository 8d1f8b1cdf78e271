import PonderAnswers
import PonderEvaluation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Shapes that the literature reports of search, revision and compute-optimal scaling; see ``LiteratureTests``.
@Suite struct LiteratureSearchTests {
  @Test func beamSearchBeatsBestOfNOnHardProblemsAtAnEqualBudget() async throws {
    let preset = SimulationPreset.hardQuestions
    let beam = BeamSearch(8, guidedBy: preset.rewardModel)
    let searched = try await Accuracy(of: beam, in: preset)
    let sampled = try await Accuracy(in: preset) { problem, seed in
      let spent = try await beam.solve(problem, on: preset.reasoner, seed: seed).usage.charged.tokens
      return Sample(64, maximumTokens: 100).scored(by: preset.verifier).selected(by: .bestOfN).limited(
        to: .tokens(spent))
    }
    #expect(sampled.spent.tokens > searched.spent.tokens * 9 / 10 && sampled.spent.tokens <= searched.spent.tokens)
    #expect(searched.gain(over: sampled).lowerBound > 0)
  }

  /// DVTS and beam search of the same width in a preset.
  private func gainOfDiversity(width: Int, in preset: SimulationPreset) async throws -> ClosedRange<Double> {
    let diverse = try await Accuracy(of: DiverseTreeSearch(width, guidedBy: preset.rewardModel), in: preset)
    let beam = try await Accuracy(of: BeamSearch(width, guidedBy: preset.rewardModel), in: preset)
    return diverse.gain(over: beam)
  }

  @Test func diverseTreesBeatTheBeamAtLargeNWhereErrorsAreInherited() async throws {
    let gain = try await gainOfDiversity(width: 64, in: .inheritedErrors)
    #expect(gain.lowerBound > 0, "\(gain)")
  }

  @Test func diverseTreesDoNotBeatTheBeamWhereNoErrorFoolsForGood() async throws {
    let gain = try await gainOfDiversity(width: 64, in: .honestRewards)
    #expect(gain.lowerBound <= 0, "\(gain)")
    let reversed = try await gainOfDiversity(width: 64, in: .weakHonestRewards)
    #expect(reversed.upperBound < 0, "\(reversed)")
  }

  @Test func atTheSmallestWidthADiverseTreeIsABeam() async throws {
    // One subtree that keeps the best of four is a beam of four that keeps one.
    let gain = try await gainOfDiversity(width: 4, in: .inheritedErrors)
    #expect(gain.contains(0), "\(gain)")
  }

  /// The gains over the draft of the last of five attempts, and of as many revisions that a verifier accepts.
  private func gainsOfRefinement(
    in preset: SimulationPreset
  ) async throws -> (accepted: ClosedRange<Double>, gated: ClosedRange<Double>) {
    let again = CustomCritic("again") { _, _ in Critique("Try again.") }
    let draft = try await Accuracy(of: Sample(1), in: preset)
    let last = try await Accuracy(of: RevisionChains(length: 5).selected(by: LastAttempt()), in: preset)
    let gated = try await Accuracy(
      of: Sample(1).refined(by: again, acceptedBy: preset.verifier, rounds: 4), in: preset)
    return (last.gain(over: draft), gated.gain(over: draft))
  }

  @Test func refinementWithoutAcceptanceDoesNotHelpUnlessRevisionsMendMoreThanTheyBreak() async throws {
    let balanced = try await gainsOfRefinement(in: .revisionsInBalance).accepted
    #expect(balanced.contains(0), "\(balanced)")
    let breaking = try await gainsOfRefinement(in: .revisionsThatBreak).accepted
    #expect(breaking.upperBound < 0, "\(breaking)")
    let mending = try await gainsOfRefinement(in: .revisionsThatMend).accepted
    #expect(mending.lowerBound > 0, "\(mending)")
  }

  @Test func refinementGatedByAnUnbiasedVerifierDoesNotHurtInExpectation() async throws {
    for preset in [SimulationPreset.revisionsInBalance, .revisionsThatBreak, .revisionsThatMend, .ignorantGate] {
      let gain = try await gainsOfRefinement(in: preset).gated
      #expect(gain.upperBound >= 0, "\(preset): \(gain)")
    }
    let misled = try await gainsOfRefinement(in: .misleadingGate).gated
    #expect(misled.upperBound < 0, "\(misled)")
  }

  @Test func computeOptimalKeepsUpWithTheBestSingleStrategyAtAnEqualBudget() async throws {
    let training = SimulationPreset.mixedDifficulty(from: 0)
    let test = SimulationPreset.mixedDifficulty(from: 1000)
    // A solution has about 120 tokens, so this pays for the pilot's four and twenty more, or for a search of width sixteen.
    let tokens = 3000
    let registry: StrategyRegistry = [
      "samples": Sample(32, maximumTokens: 200).scored(by: training.verifier),
      "beam": BeamSearch(16, guidedBy: training.rewardModel),
      "dvts": DiverseTreeSearch(16, guidedBy: training.rewardModel),
    ]
    func adaptive(_ table: ComputeOptimalTable) -> ComputeOptimal {
      ComputeOptimal(
        tokens: tokens, pilot: Sample(4, maximumTokens: 200), scoredBy: training.verifier, table: table,
        choosing: registry, selectedBy: .weightedVote(of: .boxedAnswer))
    }
    let measurements = try await adaptive(.always("samples")).measurements(
      over: training.problems, budgets: [tokens], on: training.reasoner, seeds: [11, 12])
    let table = try ComputeOptimalTable.fit(measurements).table
    let optimal = try await Accuracy(of: adaptive(table), in: test)
    var best: Accuracy?
    for (_, strategy) in registry.entries {
      let single = try await Accuracy(
        of: AnyStrategy(strategy).selected(by: .weightedVote(of: .boxedAnswer)).limited(to: .tokens(tokens)), in: test)
      if single.mean > best?.mean ?? -1 { best = single }
    }
    let single = try #require(best)
    #expect(optimal.mean >= single.interval.lowerBound && optimal.gain(over: single).upperBound >= 0)
    #expect(optimal.spent.tokens <= tokens * test.problems.count * Accuracy.seeds.count)
  }

  @Test func wherePilotAndSearchDoNotBothFitThePilotCostsMoreThanItTells() async throws {
    let preset = SimulationPreset.mixedDifficulty(from: 1000)
    let hard = preset.problems.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
    // Four solutions of about 120 tokens, or a beam of four: there is no room for both.
    let tokens = 620
    let beam = BeamSearch(4, guidedBy: preset.rewardModel)
    let piloted = ComputeOptimal(
      tokens: tokens, pilot: Sample(4, maximumTokens: 200), scoredBy: preset.verifier, table: .always("beam"),
      choosing: ["beam": beam])
    let single = try await Accuracy(of: beam.limited(to: .tokens(tokens)), in: preset, problems: hard)
    let gain = try await Accuracy(of: piloted, in: preset, problems: hard).gain(over: single)
    #expect(gain.upperBound < 0, "\(gain)")
  }
}

/// The last attempt, whatever it is: what refinement without acceptance comes to.
private struct LastAttempt: Selector {
  func select(from candidates: [Candidate]) -> Selection? { candidates.last.map { Selection($0) } }
}
