import PonderGeneration
import Synchronization

/// A scoring model that remembers every request, in the order in which they are made.
public final class ScoringCallRecorder: ScoringModel {
  private let model: any ScoringModel
  private let recorded = Mutex<[ScoringRequest]>([])

  /// Wraps a model.
  public init(_ model: any ScoringModel) { self.model = model }

  /// All requests until now.
  public var requests: [ScoringRequest] { recorded.withLock { $0 } }

  /// As the model's.
  public var description: ModelDescription { model.description }

  /// As the model's results.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    recorded.withLock { $0 += requests }
    return await model.score(requests)
  }

  /// As the model's.
  public func token(spelling text: String) throws(GenerationError) -> Token { try model.token(spelling: text) }
  /// As the model's.
  public func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] {
    try model.encode(content)
  }
  /// As the model's.
  public func tokenBound(of request: ScoringRequest) -> Int { model.tokenBound(of: request) }
}
