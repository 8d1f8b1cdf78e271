import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// No strategy depends on tokens.
@Suite struct TextOnlyTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let problem = SimulatedProblem(5, steps: 3).problem

  @Test(arguments: Catalog.allCases.filter { $0 != .confidence })
  func aModelWithoutTokensGivesTheSameTexts(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    for seed in [1, 2, 3] as [Seed] {
      let expected = try await strategy.solve(problem, on: model, seed: seed)
      let outcome = try await strategy.solve(problem, on: TextOnlyModel(hiding: model), seed: seed)
      #expect(outcome.candidates.map(\.text) == expected.candidates.map(\.text))
      #expect(outcome.candidates.map(\.ending) == expected.candidates.map(\.ending))
      #expect(outcome.candidates.map(\.score) == expected.candidates.map(\.score))
      #expect(outcome.selected?.text == expected.selected?.text)
      #expect(outcome.stop == expected.stop)
      #expect(outcome.usage.charged == expected.usage.charged)
      // One part of the ensemble is bound to a model with tokens.
      if entry != .ensemble { #expect(outcome.candidates.allSatisfy { $0.tokens.isEmpty }) }
    }
  }

  @Test func whatNeedsLogProbabilitiesIsRefusedBeforeAnythingIsSpent() async throws {
    await #expect(throws: StrategyError.self) {
      try await AnyStrategy(Catalog.confidence.strategy()).solve(
        problem, on: TextOnlyModel(hiding: model), seed: 1)
    }
  }
}
