import PonderGeneration

/// One paid call and its answer, so that a resumed run need not pay again.
public struct CallRecord: Sendable, Hashable, Codable {
  /// What was answered.
  public enum Answer: Sendable, Hashable, Codable {
    /// A completion. Its continuation holds only what follows the request's, see ``isWholeContinuation``.
    case completion(Completion)
    /// What a scoring model read off.
    case scores(ScoringResult)
    /// A model failed; the usage is what it had computed until then.
    case failure(GenerationError, Usage)
    /// What a verifier, process reward model or critic that works by itself made of a batch, as JSON, and its cost.
    case verdicts(String, Usage)
  }

  /// A hash of the request.
  public var digest: UInt64
  /// What was answered.
  public var answer: Answer
  /// Whether the budget granted fewer tokens than were asked for.
  public var isRationed: Bool
  /// Whether the completion's continuation is the whole, as of a model that does not keep the request's pieces.
  public var isWholeContinuation = false

  /// Makes a record.
  public init(digest: UInt64, answer: Answer, isRationed: Bool = false) {
    self.digest = digest
    self.answer = answer
    self.isRationed = isRationed
  }
}
