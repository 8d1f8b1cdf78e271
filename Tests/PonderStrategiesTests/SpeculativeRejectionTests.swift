import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct SpeculativeRejectionTests {
  /// The share of "b" in a text.
  let verifier = CustomVerifier("b") { candidate, _ in
    Double(candidate.text.count { $0 == "b" }) / Double(max(candidate.text.count, 1))
  }

  @Test func theWorseHalfIsDroppedEveryRoundAndTheLastRunsToItsEnd() async throws {
    // Four answers of two tokens: b-shares 0, ½, 1, ½. Then answers 2 and 1 (the first on a tie) go on.
    let model = ScriptedModel(["aaaa", "abaa", "bbbb", "baaa", "bbbb", "aaaa", "b"])
    let outcome = try await SpeculativeRejection(4, scoredBy: verifier, roundTokens: 2).solve("q", on: model, seed: 1)
    #expect(outcome.selected?.text == "bbbbb")
    #expect(outcome.candidates.map(\.id.number) == [2, 1, 0, 3])
    #expect(outcome.candidates.dropFirst().allSatisfy { $0.ending == .open })
    #expect(outcome.usage.charged.tokens == 4 * 2 + 2 * 2 + 1)
    #expect(SearchPicture(outcome.trace).nodes.map(\.text) == ["aa", "abaa", "bbbbb", "ba"])
  }

  @Test func theBudgetEndsItWithWhatWasPaidFor() async throws {
    let model = ClosureModel { _ in "bbbbbbbb" }
    let outcome = try await SpeculativeRejection(4, scoredBy: verifier, roundTokens: 4).limited(to: .tokens(10))
      .solve("q", on: model, seed: 1)
    #expect(outcome.stop == .outOfBudget(.tokens))
    #expect(outcome.usage.charged.tokens == 10 && !outcome.candidates.isEmpty)
  }

  @Test func aFailedCallOrScoreCostsItsAnswerAlone() async throws {
    let model = ScriptedModel(["aaaa", .failure(.failed("lightning")), "bbbb", "baaa", "bb", "aa"])
    let moody = CustomVerifier("moody") { candidate, _ in
      if candidate.text == "ba" { throw StrategyFailure.other("no") }
      return candidate.text.hasPrefix("b") ? 0.9 : 0.1
    }
    let outcome = try await SpeculativeRejection(4, scoredBy: moody, roundTokens: 2).solve("q", on: model, seed: 1)
    #expect(outcome.selected?.text == "bbbb" && outcome.stop == .finished)
    #expect(outcome.candidates.map(\.id.number) == [2, 0, 3] && outcome.trace.failures.count == 2)
  }

  @Test func oneAnswerSimplyRuns() async throws {
    let outcome = try await SpeculativeRejection(1, scoredBy: verifier).solve("q", on: ScriptedModel(["ab"]), seed: 1)
    #expect(outcome.selected?.text == "ab" && outcome.stop == .finished)
  }
}
