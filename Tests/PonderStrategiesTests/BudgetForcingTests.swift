import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct BudgetForcingTests {
  @Test func theEndIsSuppressedAndTheModelGoesOnFromItsOwnTokens() async throws {
    let model = ScriptedModel(["It is 4.", " no, 5.", " yes, 5."])
    let outcome = try await BudgetForcing(extensions: 2, word: " Wait").solve("q", on: model, seed: 1)
    #expect(outcome.selected?.text == "It is 4. Wait no, 5. Wait yes, 5.")
    #expect(outcome.candidates.map(\.text).first == "It is 4.")
    #expect(model.requests[1].continuation.text == "It is 4. Wait")
    #expect(outcome.selected?.continuation.text == outcome.selected?.text)
  }

  @Test func whatTheLimitCutsIsConcluded() async throws {
    let model = ScriptedModel(["thinking and thinking", "4"])
    let outcome = try await BudgetForcing(conclusion: " So: ", maximumTokens: 8).solve("q", on: model, seed: 1)
    #expect(outcome.selected?.text == "thinking So: 4")
    #expect(outcome.candidates.map(\.ending) == [.length, .endOfText])
  }
}
