import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

/// A search with a reward model reads every token once, whatever the width: the prompt once for all paths, and at each
/// iteration the new steps only.
@Suite struct SearchTokenTests {
  private static let question = """
    Luis has 1292 beads. Mia has 415 more beads than Luis. Luis finds 3 times as many beads as Mia has. Mia loses 48 \
    beads and sells half of the rest. How many beads do they have together?
    """
  // Hot, so that paths differ.
  private static let settings = SearchSettings(sampling: SamplingParameters(temperature: 2))

  private func expectEachTokenOnce(_ outcome: Outcome) throws {
    #expect(outcome.stop == .finished)
    let readings = outcome.readings
    #expect(readings.count > 16)
    // The different beginnings of all texts that were read: nodes of their prefix tree.
    var nodes: Set<[Token]> = []
    for reading in readings {
      let tokens = reading.segments.flatMap(\.tokens)
      for end in 1...tokens.count { nodes.insert(Array(tokens[..<end])) }
    }
    let asked = readings.reduce(0) { $0 + $1.usage.promptTokens }
    #expect(outcome.usage.verifier.computedTokens == nodes.count)
    #expect(asked > 3 * nodes.count)
  }

  @Test func beamSearchHasItsRewardModelReadEachTokenOnce() async throws {
    let rewardModel = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load())
    let search = BeamSearch(8, branching: 4, guidedBy: rewardModel, maximumSteps: 8, settings: Self.settings)
    try expectEachTokenOnce(try await search.solve(Problem(Self.question), on: await Policy.load(), seed: 3))
  }

  @Test func diverseTreeSearchHasItsRewardModelReadEachTokenOnce() async throws {
    let rewardModel = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load())
    let search = DiverseTreeSearch(8, branching: 4, guidedBy: rewardModel, maximumSteps: 8, settings: Self.settings)
    try expectEachTokenOnce(try await search.solve(Problem(Self.question), on: await Policy.load(), seed: 3))
  }

  @Test func scoresAreTheSameAloneOrInASearch() async throws {
    let rewardModel = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load())
    let search = BeamSearch(8, branching: 4, guidedBy: rewardModel, maximumSteps: 8, settings: Self.settings)
    let outcome = try await search.solve(Problem(Self.question), on: await Policy.load(), seed: 3)
    let fresh = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load())
    for found in outcome.candidates.prefix(3) {
      let alone = Candidate.given(0, found.steps.map { Step($0.text) })
      let scored = try await fresh.reduced(.last).scoring([alone], of: Self.question).candidates[0]
      #expect(scored.steps.map(\.score) == found.steps.map(\.score))
    }
  }
}
