import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting

/// Judges by a scoring model's head, through the context.
struct HeadVerifier: Verifier, CustomStringConvertible {
  let model: any ScoringModel
  let name = "head"

  /// The same for every wrapping of the model, so that fingerprints are.
  var description: String { "HeadVerifier" }

  func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    let requests = candidates.map { candidate in
      ScoringRequest([
        .init(.text(problem.question + "\n")), .init(.text(candidate.text), captures: [.head]),
      ])
    }
    return await context.score(requests, on: model).map { result in
      result.map { Verdict(Double($0.segments[1].head.first?[0] ?? 0)) }
    }
  }
}

/// A beam search inside an ensemble under a budget, refined by a critic: everything that a run can call is called.
enum Nested {
  static let problem = SimulatedProblem(3, steps: 3).problem
  static let model = SimulatedReasoner(successByLevel: [0.7])
  static let rewardModel = SimulatedRewardModel()

  /// A head that prefers some texts to others, for no reason.
  static let head = ClosureScoringModel { text in
    var seed = Seed(11)
    for byte in text.utf8.suffix(40) { seed = seed.derived(Int(byte)) }
    return [Float(seed.generator.uniform(at: 0))]
  }

  static func strategy(_ head: any ScoringModel = Self.head) -> some Strategy {
    Ensemble {
      BeamSearch(4, branching: 2, guidedBy: rewardModel).limited(to: .tokens(400))
      Sample(3, maximumTokens: 100)
    }
    .scored(by: HeadVerifier(model: head))
    .selected(by: .weightedVote(of: .boxedAnswer))
    .limited(to: Budget(tokens: 600, verifierTokens: 5000))
    .refined(
      by: ModelCritic(maximumTokens: 60), acceptedBy: HeadVerifier(model: head), rounds: 2, maximumTokens: 100)
  }

  static func solve(
    on model: any LanguageModel = Self.model, head: any ScoringModel = Self.head, resuming trace: Trace? = nil
  ) async throws -> Outcome {
    try await strategy(head).solve(problem, on: model, seed: 2, resuming: trace)
  }
}

/// A model that ends its run when it is asked a certain thing, and answers all the same.
struct CancellingModel: LanguageModel {
  /// The run, once it is known.
  actor Handle {
    private var run: Run?
    func set(_ run: Run) { self.run = run }
    func cancel() -> Bool {
      run?.cancel()
      return run != nil
    }
  }

  let model: any LanguageModel
  let handle: Handle
  let isTarget: @Sendable (GenerationRequest) -> Bool

  var description: ModelDescription { model.description }

  func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { producer in
      if requests.contains(where: isTarget) { while await !handle.cancel() { await Task.yield() } }
      for await event in model.generate(requests) { producer.yield(event) }
    }
  }

  func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try model.encode(prompt) }
}
