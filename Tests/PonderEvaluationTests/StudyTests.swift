import PonderAnswers
import PonderEvaluation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct StudyTests {
  func record(_ strategy: String, _ problem: Int, _ seed: UInt64, isCorrect: Bool, level: Int = 1) -> StudyRecord {
    let id = Candidate.ID(path: TreePath("sample"), number: 0)
    let candidate = Candidate(id: id, steps: [Step("\\boxed{1}")], ending: .endOfText)
    let outcome = Outcome(
      selected: candidate, candidates: [candidate],
      usage: RunUsage(charged: Spending(tokens: 10, samples: 1, verifierTokens: 4, flops: 100)))
    return StudyRecord(
      .init(policy: "small", strategy: strategy, n: 4),
      problem: ProblemSet.Item(Problem("q", id: "\(problem)", reference: "1"), level: level), seed: seed,
      outcome: outcome, isCorrect: { _ in isCorrect }, verifierParameters: 5, seconds: 1)
  }

  @Test func operationsAreSplitBetweenPolicyAndVerifier() {
    let one = record("beam", 0, 1, isCorrect: true)
    // 2 · 5 parameters · 4 tokens are the verifier's.
    #expect(one.verifierFlops == 40 && one.policyFlops == 60 && one.flops == 100)
    #expect(one.isCorrect && one.isCovered)
  }

  @Test func aRowIsTheMeanOverProblemsAndSeeds() throws {
    let records = (0..<10).flatMap { problem in
      [record("beam", problem, 1, isCorrect: problem < 5), record("beam", problem, 2, isCorrect: problem < 7)]
    }
    let row = try #require(StudySummary(records).row(.init(policy: "small", strategy: "beam", n: 4)))
    #expect(row.problems == 10 && abs(row.accuracy - 0.6) < 1e-12)
    #expect(row.interval.contains(0.6) && row.tokens == 10 && row.flops == 100)
  }

  @Test func anotherVerifierIsAnotherMethod() throws {
    var other = record("weighted", 0, 1, isCorrect: false)
    other.method.verifier = "judge"
    let summary = StudySummary([record("weighted", 0, 1, isCorrect: true), other])
    #expect(summary.methods(policy: "small", strategy: "weighted").map(\.verifier) == [nil])
    let judged = try #require(summary.methods(policy: "small", strategy: "weighted", verifier: "judge").first)
    #expect(summary.row(judged)?.accuracy == 0)
    #expect(summary.row(.init(policy: "small", strategy: "weighted", n: 4))?.accuracy == 1)
  }

  @Test func aDifferenceIsPairedByProblem() throws {
    // The same three problems separate the two everywhere: no spread between problems can hide it.
    let records = (0..<30).flatMap { problem in
      [record("a", problem, 1, isCorrect: problem % 2 == 0), record("b", problem, 1, isCorrect: false)]
    }
    let summary = StudySummary(records)
    let (a, b) = (
      StudyRecord.Method(policy: "small", strategy: "a", n: 4), StudyRecord.Method(policy: "small", strategy: "b", n: 4)
    )
    let difference = try #require(summary.difference(a, b))
    #expect(difference.mean == 0.5 && difference.verdict == .holds)
    #expect(summary.difference(b, a)?.verdict == .reversed)
    #expect(summary.difference(a, a)?.verdict == .undecided)
    #expect(summary.difference(a, b, level: 9) == nil)
  }

  /// What the memory answers is what the model would have said, and it is charged in full.
  @Test func aRememberedRunIsTheSameAndComputesNothing() async throws {
    let reasoner = SimulatedReasoner()
    let problem = SimulatedProblem(12, steps: 3).problem
    let recorder = CallRecorder(reasoner)
    let memory = MemoizedLanguageModel(recorder)
    let wide = try await Sample(16).solve(problem, on: memory, seed: 3)
    let calls = recorder.requests.count
    let narrow = try await Sample(4).solve(problem, on: memory, seed: 3)
    #expect(recorder.requests.count == calls)
    let alone = try await Sample(4).solve(problem, on: reasoner, seed: 3)
    #expect(narrow.candidates == alone.candidates && narrow.usage.charged == alone.usage.charged)
    #expect(Array(wide.candidates.prefix(4)) == alone.candidates)
  }

  @Test func aRememberedScoreIsTheSameAndReadsNothing() async throws {
    let recorder = ScoringCallRecorder(ClosureScoringModel { [Float($0.count)] })
    let memory = MemoizedScoringModel(recorder)
    func request(_ text: String) -> ScoringRequest { ScoringRequest([.init(.text(text), captures: [.head])]) }
    let first = await memory.score([request("ab"), request("c")])
    let again = await memory.score([request("c"), request("def"), request("ab")])
    #expect(recorder.requests.count == 3)
    #expect(try again[0].get() == first[1].get() && again[2].get() == first[0].get())
    #expect(try again.map { try $0.get().segments[0].head } == [[[1]], [[3]], [[2]]])
  }
}
