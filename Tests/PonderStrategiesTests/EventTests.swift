import Foundation
import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct EventTests {
  private static func id(_ number: Int) -> Candidate.ID { .init(path: TreePath("ensemble/0/beam"), number: number) }

  /// One event of every kind, with numbers that JSON has no spelling for.
  static let kinds: [Event.Kind] = [
    .started(RunHeader(problem: "p", seed: 7, model: "m", strategy: "s")),
    .called(
      CallRecord(
        digest: .max,
        answer: .completion(
          Completion(
            text: "a\n\u{0}é", continuation: Continuation(tokens: [1, -2], text: nil, fingerprint: "m"), tokens: [1],
            logProbabilities: [-.infinity], finishReason: .stop("\n\n"), usage: Usage(generatedTokens: 1))),
        isRationed: true)),
    .called(
      CallRecord(
        digest: 2,
        answer: .scores(
          {
            var segment = ScoringResult.Segment(tokens: [1])
            segment.head = [[.infinity, 0.1]]
            return ScoringResult(segments: [segment], usage: Usage(promptTokens: 1))
          }()))),
    .called(CallRecord(digest: 3, answer: .failure(.promptTooLong(promptTokens: 2, contextLength: 1), Usage()))),
    .called(CallRecord(digest: 4, answer: .verdicts([.value(Verdict(0.5)), .failure(.cancelled)], Usage()))),
    .called(CallRecord(digest: 5, answer: .stepScores([.value([0, 1]), .value([])], Usage()))),
    .called(CallRecord(digest: 6, answer: .critiques([.value(Critique("no", isApproval: true))], Usage()))),
    .called(CallRecord(digest: 7, answer: .elsewhere(Usage(promptTokens: 3)))),
    .candidate(id: id(0), parent: nil, text: "t", ending: .budget),
    .step(id: id(1), parent: id(0), text: "t", ending: .stop("x")), .scored(id: id(1), score: 0.1),
    .pruned([id(0), id(1)]), .expanded(id: id(1), children: 4), .resampled([id(1), id(1)]),
    .revised(id: id(1), from: id(0), isAccepted: true), .failed(id: nil, .invalidScore(verifier: "v", score: "nan")),
    .selected(id: id(1), answer: "\\frac{1}{2}"),
    .budget(limit: Budget(tokens: 1, wallClock: .seconds(3)), spent: Spending(tokens: 1, flops: 1e300)),
    .note("n"), .finished(stop: .outOfBudget(.wallClock), spent: Spending()),
  ]

  @Test func everyKindOfEventSurvivesItsLine() throws {
    let events = Self.kinds.enumerated().map { Event(path: TreePath("ensemble/0/beam"), sequence: $0, kind: $1) }
    var data = Data()
    for event in events.reversed() { data += try Trace.line(of: event) }
    #expect(data.split(separator: UInt8(ascii: "\n")).count == events.count)
    #expect(try Trace(jsonLines: data).events == events)
  }

  /// The kinds that strategies emit, one run after the other.
  @Test func strategiesTellOfEverythingThatHappens() async throws {
    var names = Set<String>()
    for entry in Catalog.allCases {
      let outcome = try await AnyStrategy(entry.strategy(n: 6)).solve(
        SimulatedProblem(5, steps: 3).problem, on: SimulatedReasoner(successByLevel: [0.7]), seed: 3)
      for event in outcome.trace.events { names.insert(String("\(event.kind)".prefix { $0 != "(" })) }
    }
    #expect(
      names.isSuperset(of: [
        "started", "called", "candidate", "step", "scored", "pruned", "expanded", "resampled", "revised", "selected",
        "budget", "finished",
      ]))
  }

  @Test func aCandidateCarriesAllThatIsKnownOfIt() async throws {
    let outcome = try await BeamSearch(4, branching: 2, guidedBy: SimulatedRewardModel())
      .scored(by: SimulatedRewardModel().reduced(.min))
      .solve(SimulatedProblem(5, steps: 3).problem, on: SimulatedReasoner(successByLevel: [0.7]), seed: 3)
    let candidate = try #require(outcome.selected)
    #expect(candidate.steps.count == 3 && candidate.text == candidate.steps.map(\.text).joined())
    #expect(String(decoding: candidate.tokens.map { UInt8($0) }, as: UTF8.self) == candidate.text)
    let scores = candidate.steps.compactMap(\.score)
    #expect(scores.count == 3 && candidate.score == scores.min())
    #expect(candidate.ending == .answered && candidate.isComplete)
    #expect(candidate.continuation.text == candidate.text)
    let parent = try #require(candidate.parent)
    #expect(SearchPicture(outcome.trace).nodes.contains { $0.id == parent && candidate.text.contains($0.text) })
  }

  @Test func outcomesOfManyProblemsComeInTheOrderOfCompletion() async throws {
    // The first problem takes longest; both others are done before it.
    let model = ClosureModel { request in
      if request.prompt.messages[0].content == "slow" { try? await Task.sleep(for: .milliseconds(300)) }
      return "a"
    }
    let problems = [Problem("slow", id: "first"), Problem("b"), Problem("c")]
    var order: [String] = []
    for await done in Sample(1).run(over: problems, on: model, seed: 1, concurrency: 3) {
      order.append(done.problem.id)
    }
    #expect(order.last == "first" && Set(order) == ["first", "b", "c"])
  }

  @Test(.endsAtAll) func leavingTheOutcomesCancelsTheRest() async throws {
    let (beginnings, began) = AsyncStream.makeStream(of: Void.self)
    let (cancellations, cancelled) = AsyncStream.makeStream(of: Void.self)
    let model = ClosureModel { request in
      if request.prompt.messages[0].content == "quick" {
        for await _ in beginnings { break }
      } else {
        began.yield()
        do { try await Task.sleep(for: .seconds(86_400)) } catch { cancelled.yield() }
      }
      return "a"
    }
    for await done in Sample(1).run(over: ["slow", "quick"], on: model, seed: 1, concurrency: 2) {
      #expect(done.index == 1)
      break
    }
    for await _ in cancellations { break }
  }

  @Test func aRefusedProblemIsAnElementAndTheOthersGoOn() async throws {
    let strategy = Sample(1, wantsLogProbabilities: true)
    var refused = 0
    for await done in strategy.run(over: ["a", "b"], on: TextOnlyModel { _ in "a" }, seed: 1) {
      if case .failure(.unsupported) = done.result { refused += 1 }
    }
    #expect(refused == 2)
  }
}
