import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Boxed numbers from 0 to 4, by the seed.
private let guesses: @Sendable (GenerationRequest) -> Reply = { request in
  .text("Thinking.\n\n\\boxed{\(request.seed.value % 5)}")
}

@Suite struct SampleTests {
  @Test func fewerSamplesAreAPrefixOfMore() async throws {
    let few = try await Sample(3).solve("q", on: ClosureModel(reply: guesses), seed: 9)
    let many = try await Sample(8).solve("q", on: ClosureModel(reply: guesses), seed: 9)
    #expect(Array(many.candidates.prefix(3)) == few.candidates)
  }

  @Test func wrappingAStrategyLeavesItsSamplesAsTheyAre() async throws {
    let bare = try await Sample(6).solve("q", on: ClosureModel(reply: guesses), seed: 9)
    let wrapped = try await Sample(6).scored(by: .arithmetic).selected(by: .weightedVote(of: .boxedAnswer))
      .limited(to: .tokens(100_000)).otherwise(.majority(of: .boxedAnswer))
      .solve("q", on: ClosureModel(reply: guesses), seed: 9)
    #expect(wrapped.candidates.map(\.text) == bare.candidates.map(\.text))
    #expect(wrapped.candidates.contains { $0 == wrapped.selected })
  }

  @Test func strategiesNeedNoTokens() async throws {
    let model = TextOnlyModel { request in
      .text("2+2=\(request.seed.value % 2 == 0 ? 4 : 5)\n\nAnswer: \\boxed{\(request.seed.value % 2 == 0 ? 4 : 5)}")
    }
    let outcome = try await Sample(8).scored(by: .arithmetic).selected(by: .bestOfN).solve("2+2?", on: model, seed: 1)
    #expect(outcome.selected?.text.contains("\\boxed{4}") == true)
    #expect(outcome.selected?.tokens == [])
    #expect(outcome.stop == .finished)
  }

  @Test func aCapabilityThatIsMissingIsRefusedBeforeAnythingIsSpent() async {
    let recorder = CallRecorder(TextOnlyModel { _ in "a" })
    await #expect(throws: StrategyError.unsupported(.unsupported(.logProbabilities, model: "text only"))) {
      try await Sample(2, wantsLogProbabilities: true).solve("q", on: recorder, seed: 1)
    }
    #expect(recorder.requests.isEmpty)
  }

  @Test func oneFailedSampleIsRecordedAndTheRestGoesOn() async throws {
    let model = ScriptedModel([
      "\\boxed{1}", .failure(.failed("lightning"), afterTokens: 3), "\\boxed{2}", "\\boxed{2}",
    ])
    let outcome = try await Sample(4).selected(by: .majority(of: .boxedAnswer)).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.count == 3)
    #expect(outcome.selected?.text == "\\boxed{2}")
    #expect(outcome.stop == .finished)
    #expect(outcome.trace.failures == [.model(.failed("lightning"))])
    #expect(outcome.usage.charged.tokens == 3 * 9 + 3)
  }

  @Test func whenAllFailTheStopSaysWhy() async throws {
    let model = ClosureModel { _ in .failure(.failed("no luck")) }
    let outcome = try await Sample(3).selected(by: .bestOfN).solve("q", on: model, seed: 1)
    #expect(outcome.stop == .failed(.model(.failed("no luck"))))
    #expect(outcome.candidates.isEmpty && outcome.selected == nil)
  }

  @Test func theReferenceAnswerReachesNoVerifier() async throws {
    let verifier = CustomVerifier("curious") { _, problem in problem.reference == nil ? 1 : 0 }
    let outcome = try await Sample(1).scored(by: verifier)
      .solve(Problem("q", reference: "42"), on: ClosureModel { _ in "a" }, seed: 1)
    #expect(outcome.candidates[0].score == 1)
  }

  @Test func aScoreThatIsNoNumberIsAnErrorThatNamesTheVerifier() async throws {
    let outcome = try await Sample(2).scored(by: CustomVerifier("broken") { _, _ in .nan }).selected(by: .bestOfN)
      .solve("q", on: ClosureModel { _ in "\\boxed{1}" }, seed: 1)
    #expect(outcome.stop == .failed(.invalidScore(verifier: "broken", score: "nan")))
    #expect(outcome.candidates.count == 2 && outcome.selected == nil)
  }

  @Test func otherwiseChoosesWhenTheVerifierFails() async throws {
    struct Outage: Error {}
    let outcome = try await Sample(3).scored(by: CustomVerifier("down") { _, _ in throw Outage() })
      .selected(by: .bestOfN).otherwise(.majority(of: .boxedAnswer))
      .solve("q", on: ScriptedModel(["\\boxed{1}", "\\boxed{2}", "\\boxed{2}"]), seed: 1)
    #expect(outcome.selected?.text == "\\boxed{2}")
    #expect(outcome.stop == .failed(.verifier(name: "down", reason: "Outage()")))
  }

  @Test func otherwiseRunsAnotherStrategyWhenNothingIsSelected() async throws {
    let strategy = Sample(1).selected(by: .majority(of: .boxedAnswer)).otherwise(Sample(1))
    let outcome = try await strategy.solve("q", on: ScriptedModel(["no idea", "\\boxed{3}"]), seed: 1)
    #expect(outcome.candidates.map(\.text) == ["no idea", "\\boxed{3}"])
    #expect(Set(outcome.candidates.map(\.id)).count == 2)
  }

  @Test func aStageCanBeBoundToAModelOfItsOwn() async throws {
    let other = ClosureModel(name: "other") { _ in "from other" }
    let outcome = try await Sample(1).using(other).solve("q", on: ClosureModel { _ in "from run" }, seed: 1)
    #expect(outcome.selected?.text == "from other")
  }

  @Test func aCountBelowOneIsRefused() async {
    await #expect(throws: StrategyError.invalidConfiguration("Sample: count is 0, must be ≥ 1")) {
      try await Sample(0).solve("q", on: ClosureModel { _ in "a" }, seed: 1)
    }
  }
}
