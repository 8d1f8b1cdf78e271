import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct StepwiseVerifierTests {
  /// Scores a text by its length: 1, 2 … of ten characters.
  let length = CustomVerifier("length") { candidate, _ in Double(candidate.text.count) / 10 }

  @Test func aStepsScoreIsTheVerdictOnTheTextUpToItsEnd() async throws {
    let model = ScriptedModel(["ab\n\n", "cd"])
    let search = BeamSearch(1, branching: 1, guidedBy: .stepwise(length), settings: SearchSettings(answer: nil))
    let outcome = try await search.solve("q", on: model, seed: 1)
    let candidate = try #require(outcome.selected)
    #expect(candidate.steps.map(\.text) == ["ab\n\n", "cd"])
    #expect(candidate.steps.map(\.score) == [0.4, 0.6])
    #expect(candidate.score == 0.6)
  }

  @Test func aVerifierThatFailsOnABeginningFailsThatCandidateAlone() async throws {
    let picky = CustomVerifier("picky") { candidate, _ in
      if candidate.text.contains("bad") { throw GenerationError.failed("no") }
      return 0.5
    }
    let model = ClosureModel { request in request.seed.value.isMultiple(of: 2) ? "bad" : "good" }
    let outcome = try await Sample(12).scored(by: StepwiseVerifier(picky).reduced(.last)).solve(
      "q", on: model, seed: 4)
    let texts = outcome.candidates.map(\.text)
    #expect(Set(texts) == ["bad", "good"])
    #expect(outcome.candidates.map { $0.score != nil } == texts.map { $0 == "good" })
  }

  @Test func theArithmeticOfStepsGuidesASearch() async throws {
    let model = ClosureModel { request in
      if request.continuation.isEmpty { return request.seed.value.isMultiple(of: 2) ? "2+2=5\n\n" : "2+2=4\n\n" }
      return "\\boxed{4}"
    }
    let outcome = try await BeamSearch(8, branching: 4, guidedBy: .stepwise(.arithmetic)).solve(
      "2+2?", on: model, seed: 2)
    #expect(outcome.selected?.steps.first?.text == "2+2=4\n\n")
  }
}
