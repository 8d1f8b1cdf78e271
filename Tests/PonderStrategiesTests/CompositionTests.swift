import Foundation
import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct CompositionTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let rewardModel = SimulatedRewardModel()
  let problem = SimulatedProblem(3, steps: 3).problem

  /// A beam search and samples in an ensemble, scored, voted, refined, under a budget.
  var nested: some Strategy {
    Ensemble {
      BeamSearch(4, branching: 2, guidedBy: rewardModel).limited(to: .tokens(400))
      Sample(4, maximumTokens: 100)
    }
    .scored(by: rewardModel.reduced(.last))
    .selected(by: .weightedVote(of: .boxedAnswer))
    .refined(
      by: CustomCritic("strict") { _, _ in Critique("Again.") }, acceptedBy: rewardModel.reduced(.min), rounds: 2,
      maximumTokens: 200
    )
    .limited(to: .tokens(2000))
    .otherwise(.majority(of: .boxedAnswer))
  }

  @Test func aTraceShowsTheNesting() async throws {
    let outcome = try await nested.solve(problem, on: model, seed: 2)
    let paths = Set(outcome.trace.events.map(\.path.description))
    #expect(paths.isSuperset(of: ["", "ensemble/0/beam", "ensemble/1/sample", "ensemble.scored"]))
    #expect(outcome.candidates.contains { $0.id == outcome.selected?.id })
    #expect(outcome.usage.charged.tokens <= 2000)
  }

  @Test func aNestedRunKilledAtAnyEventGoesOnWithoutPayingTwice() async throws {
    let run = nested.start(problem, on: model, seed: 2)
    let whole = try await run.outcome
    let events = await run.events.reduce(into: []) { $0.append($1) }
    func calls(_ events: some Sequence<Event>) -> Int {
      events.count { if case .called(let call) = $0.kind, case .completion = call.answer { true } else { false } }
    }
    for killedAt in 0...events.count {
      let partial = try Trace(jsonLines: Trace(events.prefix(killedAt)).jsonLines())
      let recorder = CallRecorder(model)
      let resumed = try await nested.solve(problem, on: recorder, seed: 2, resuming: partial)
      #expect(resumed == whole)
      #expect(recorder.requests.count == calls(events) - calls(partial.events))
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func aNestedRunsOutcomeDoesNotDependOnTiming(order: UInt64) async throws {
    let late = DisturbedModel(model) { .delay(.microseconds(Int(Seed(order &+ $0.seed.value).derived(0).value % 900))) }
    #expect(try await nested.solve(problem, on: late, seed: 2) == nested.solve(problem, on: model, seed: 2))
  }

  @Test func aTraceSurvivesItsFile() async throws {
    let trace = try await nested.solve(problem, on: model, seed: 2).trace
    let data = try trace.jsonLines()
    #expect(try Trace(jsonLines: data) == trace)
    // Killed in the middle of a line: what was whole is there.
    #expect(try Trace(jsonLines: data.dropLast(3)).events == Array(trace.events.dropLast()))
    #expect(throws: TraceError.malformedLine(1)) { try Trace(jsonLines: Data("x\n".utf8) + data) }
  }

  @Test func repeatedRunsHaveSeedsOfTheirOwn() async throws {
    let outcome = try await Sample(2).repeated(3).solve(problem, on: model, seed: 2)
    #expect(outcome.candidates.count == 6)
    #expect(Set(outcome.candidates.map(\.id)).count == 6)
    #expect(Set(outcome.candidates.map(\.text)).count > 2)
  }

  @Test func aMappedProblemIsAskedInItsNewForm() async throws {
    let recorder = CallRecorder(ClosureModel { _ in "a" })
    let strategy = Sample(1).mapProblem { Problem("In short: \($0.question)", id: $0.id, reference: "smuggled") }
      .scored(by: CustomVerifier("curious") { _, problem in problem.reference == nil ? 1 : 0 })
    let outcome = try await strategy.solve(Problem("q", reference: "secret"), on: recorder, seed: 1)
    #expect(recorder.requests.map { $0.prompt.messages[0].content } == ["In short: q"])
    #expect(outcome.candidates[0].score == 1)
  }

  @Test func whatComesThenMayBuildOnWhatCameBefore() async throws {
    let model = ScriptedModel(["a plan", "a solution"])
    let outcome = try await Sample(1).then(Sample(1)) { problem, outcome in
      Problem("\(problem.question) by \(outcome.selected?.text ?? "")", id: problem.id)
    }.solve("q", on: model, seed: 1)
    #expect(model.requests[1].prompt.messages[0].content == "q by a plan")
    #expect(outcome.selected?.text == "a solution" && outcome.candidates.count == 2)
  }

  @Test func anEnsembleOutlivesAMembersFailure() async throws {
    let broken = ClosureModel(name: "broken") { _ in .failure(.failed("down")) }
    let ensemble = Ensemble {
      Sample(2).using(broken)
      Sample(2)
    }
    let outcome = try await ensemble.solve(problem, on: model, seed: 2)
    #expect(outcome.candidates.count == 2 && outcome.stop == .finished)
    #expect(outcome.trace.failures.count == 2)
  }

  @Test func membersUnderOneBudgetGetWhatIsLeftInTheirOrder() async throws {
    let letters = ClosureModel { _ in "aaaaaaaaaa" }
    let ensemble = Ensemble([Sample(2, maximumTokens: 20), Sample(2, maximumTokens: 20)]).limited(to: .tokens(25))
    let outcome = try await ensemble.solve("q", on: letters, seed: 1)
    #expect(outcome.candidates.map(\.tokens.count) == [10, 10, 5])
    #expect(outcome.candidates.map(\.id.path.description).last == "ensemble/1/sample")
  }
}

@Suite struct RefinedTests {
  let critic = CustomCritic("critic") { candidate, _ in
    Critique("Not \(candidate.text).", isApproval: candidate.text == "good")
  }
  let verifier = CustomVerifier("length") { candidate, _ in Double(candidate.text.count) / 10 }

  @Test func aRevisionReplacesItsPredecessorOnlyWhenTheVerifierPrefersIt() async throws {
    let model = ScriptedModel(["abc", "ab", "abcd", "abcd"])
    let outcome = try await Sample(1).refined(by: critic, acceptedBy: verifier, rounds: 3).solve(
      "q", on: model, seed: 1)
    #expect(outcome.selected?.text == "abcd")
    let accepted = outcome.trace.events.compactMap { if case .revised(_, _, let yes) = $0.kind { yes } else { nil } }
    #expect(accepted == [false, true, false])
    #expect(
      model.requests[1].prompt.messages.map(\.content) == ["q", "abc", "Not abc.\n\nWrite an improved solution."])
  }

  @Test func aCriticThatOnlyObjectsLeavesTheInstructionAlone() async throws {
    let model = ScriptedModel(["abc", "abcd"])
    let critic = CustomCritic("no") { _, _ in Critique("") }
    _ = try await Sample(1).refined(by: critic, acceptedBy: verifier).solve("q", on: model, seed: 1)
    #expect(model.requests[1].prompt.messages.map(\.content) == ["q", "abc", "Write an improved solution."])
  }

  @Test func anApprovalEndsTheRevisions() async throws {
    let model = ScriptedModel(["bad", "good", "never"])
    let outcome = try await Sample(1).refined(by: critic, acceptedBy: verifier, rounds: 5).solve(
      "q", on: model, seed: 1)
    #expect(outcome.selected?.text == "good" && model.unusedReplies == 1)
  }

  @Test func samplesLeaveTheRevisionsTheirTokens() async throws {
    let model = ClosureModel { _ in "aaaaaaaaaa" }
    let outcome = try await Sample(10, maximumTokens: 10).refined(
      by: critic, acceptedBy: verifier, rounds: 1, maximumTokens: 10
    )
    .limited(to: .tokens(35)).solve("q", on: model, seed: 1)
    // 25 are left to the samples: 10, 10, 5; then a revision of 10.
    #expect(outcome.candidates.map(\.tokens.count) == [10, 10, 5, 10])
    #expect(outcome.usage.charged.tokens == 35)
  }

  @Test func aRevisionThatTheBudgetCutShortEndsTheRunForTheBudget() async throws {
    let model = ClosureModel { $0.prompt.messages.count == 1 ? "aaaaa" : "aaaaaaaaaaaaaaaaaaaa" }
    let outcome = try await Sample(1, maximumTokens: 5).refined(
      by: critic, acceptedBy: verifier, rounds: 1, maximumTokens: 20
    )
    .limited(to: .tokens(15)).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.ending) == [.endOfText, .budget])
    #expect(outcome.stop == .outOfBudget(.tokens) && outcome.selected?.text == "aaaaa")
  }

  @Test func aModelCanBeItsOwnCritic() async throws {
    let model = ScriptedModel(["draft", "Try again", "revision", "It is correct"])
    let outcome = try await Sample(1).refined(by: ModelCritic(), acceptedBy: verifier, rounds: 2)
      .solve("q", on: model, seed: 1)
    #expect(outcome.selected?.text == "revision" && model.unusedReplies == 0)
  }
}

@Suite struct AdaptiveSampleTests {
  @Test func certaintyIsThatOfTheBetaDistribution() {
    // From the closed forms: I_½ of Beta(2, 1), (3, 1), (5, 1) and (6, 6).
    for (votes, expected) in [((1, 0), 0.75), ((2, 0), 0.875), ((4, 0), 0.96875), ((5, 5), 0.5)] {
      #expect(abs(AdaptiveSample.certainty(votes.0, votes.1) - expected) < 1e-12)
    }
  }

  @Test func itStopsAsSoonAsTheLeadIsSure() async throws {
    let model = ClosureModel { _ in "\\boxed{1}" }
    let outcome = try await AdaptiveSample(Sample(16), until: .beta(threshold: 0.95), of: .boxedAnswer)
      .solve("q", on: model, seed: 1)
    #expect(outcome.candidates.count == 4 && outcome.stop == .settledEarly)
    #expect(outcome.selected?.text == "\\boxed{1}")
  }

  @Test func aWindowMustAgreeAsAWhole() async throws {
    let model = ScriptedModel(
      ["\\boxed{1}", "\\boxed{1}", "?", "\\boxed{2}", "\\boxed{2}", "\\boxed{2}", "never"].map { .text($0) })
    let outcome = try await AdaptiveSample(Sample(9), until: .window(3), of: .boxedAnswer).solve(
      "q", on: model, seed: 1)
    #expect(outcome.candidates.count == 6 && outcome.stop == .settledEarly)
    #expect(outcome.selected?.text == "\\boxed{2}")
  }

  @Test func itsSamplesAreThoseOfSample() async throws {
    let model = ClosureModel { request in .text("\\boxed{\(request.seed.value % 4)}") }
    let adaptive = try await AdaptiveSample(Sample(16), until: .beta(threshold: 0.9), of: .boxedAnswer)
      .solve("q", on: model, seed: 4)
    let all = try await Sample(16).solve("q", on: model, seed: 4)
    #expect(adaptive.candidates == Array(all.candidates.prefix(adaptive.candidates.count)))
  }

  @Test func confidenceWeighsVotes() {
    func candidate(_ number: Int, _ answer: String, _ values: [Float]) -> Candidate {
      Candidate(
        id: .init(path: TreePath("s"), number: number), steps: [Step("\\boxed{\(answer)}")], ending: .endOfText,
        logProbabilities: values)
    }
    // e⁻² + e⁻² = 0.27 against e⁻¹ = 0.37.
    let pool = [candidate(0, "1", [-2, -2]), candidate(1, "1", [-3, -1]), candidate(2, "2", [-1, -1])]
    #expect(AnswerVote.confidenceVote(of: .boxedAnswer).select(from: pool)?.answer == "2")
    #expect(abs((Confidence.weakestWindow(1)(pool[1]) ?? 0) - 0.049_787) < 1e-6)
  }
}
