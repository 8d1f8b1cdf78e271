import PonderGeneration
import Synchronization

/// A scoring model that remembers its results: the same request is answered from memory the second time.
///
/// The counterpart of ``MemoizedLanguageModel``: what a verifier read for a wide search it need not read again for a
/// narrower one, and is charged all the same.
public final class MemoizedScoringModel: ScoringModel {
  private let base: any ScoringModel
  private let scores = Mutex<[ScoringRequest: ScoringResult]>([:])

  /// Wraps a model.
  public init(_ base: any ScoringModel) { self.base = base }

  /// As the model's.
  public var description: ModelDescription { base.description }

  /// Results from memory, and those of the model for the other requests, read in one batch.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    let known = scores.withLock { memory in requests.map { memory[$0] } }
    let open = requests.indices.filter { known[$0] == nil }
    let fresh = open.isEmpty ? [] : await base.score(open.map { requests[$0] })
    var results = known.map { $0.map { Result<ScoringResult, GenerationError>.success($0) } }
    for (place, index) in open.enumerated() where place < fresh.count {
      results[index] = fresh[place]
      if case .success(let result) = fresh[place] { scores.withLock { $0[requests[index]] = result } }
    }
    return results.map { $0 ?? .failure(.failed("the model gave no result")) }
  }

  /// As the model's.
  public func token(spelling text: String) throws(GenerationError) -> Token { try base.token(spelling: text) }
  /// As the model's.
  public func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] { try base.encode(content) }
  /// As the model's.
  public func tokenBound(of request: ScoringRequest) -> Int { base.tokenBound(of: request) }
}
