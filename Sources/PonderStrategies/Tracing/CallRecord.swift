import PonderGeneration

/// One paid call, its answer and its charge, so that a resumed run need not pay again.
public struct CallRecord: Sendable, Hashable, Codable {
  /// What was answered.
  public enum Answer: Sendable, Hashable, Codable {
    /// A completion. Its continuation holds only what follows the request's, see ``isWholeContinuation``.
    case completion(Completion)
    /// What a scoring model read off.
    case scores(ScoringResult)
    /// A model failed; the usage is what it had computed until then.
    case failure(GenerationError, Usage)
    /// What a verifier that works by itself made of a batch, and its cost.
    case verdicts([Judgement<Verdict>], Usage)
    /// The new steps' scores by a process reward model that works by itself, for each candidate of a batch.
    case stepScores([Judgement<[Double]>], Usage)
    /// What a critic that works by itself made of a batch.
    case critiques([Judgement<Critique>], Usage)
    /// What a verifier or critic spent beside its calls through the context: those have records of their own.
    case elsewhere(Usage)
  }

  /// What was made of one candidate of a batch, or why nothing was.
  public enum Judgement<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
    /// A verdict, scores or a critique.
    case value(Value)
    /// Why there is none.
    case failure(StrategyFailure)

    init(_ result: Result<Value, StrategyFailure>) {
      switch result {
      case .success(let value): self = .value(value)
      case .failure(let failure): self = .failure(failure)
      }
    }

    var result: Result<Value, StrategyFailure> {
      switch self {
      case .value(let value): .success(value)
      case .failure(let failure): .failure(failure)
      }
    }
  }

  /// A hash of the request.
  public var digest: UInt64
  /// What was answered.
  public var answer: Answer
  /// Whether the budget granted fewer tokens than were asked for.
  public var isRationed: Bool
  /// Whether the completion's continuation is the whole, as of a model that does not keep the request's pieces.
  public var isWholeContinuation = false
  /// What the budgets around the call were charged with: the charges of all calls add up to the run's.
  public var charged = Spending()

  /// Makes a record.
  public init(digest: UInt64, answer: Answer, isRationed: Bool = false) {
    self.digest = digest
    self.answer = answer
    self.isRationed = isRationed
  }
}
