import PonderGeneration

/// A scoring model with failures and delays put into it.
public struct DisturbedScoringModel: ScoringModel {
  private let model: any ScoringModel
  private let disturbance: @Sendable (ScoringRequest) -> DisturbedModel.Disturbance?

  /// Wraps a model. For the same results under any concurrency the closure should look at nothing but the request.
  public init(
    _ model: any ScoringModel, _ disturbance: @escaping @Sendable (ScoringRequest) -> DisturbedModel.Disturbance?
  ) {
    self.model = model
    self.disturbance = disturbance
  }

  /// As the model's.
  public var description: ModelDescription { model.description }

  /// The model's results, each request by itself: failed, late or as they are.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    await withTaskGroup(of: (Int, Result<ScoringResult, GenerationError>).self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask {
          switch disturbance(request) {
          case .failure(let error): return (index, .failure(error))
          case .delay(let time): try? await Task.sleep(for: time)
          case nil: break
          }
          return (index, await model.score([request]).first ?? .failure(.failed("the model gave no result")))
        }
      }
      var results = [Result<ScoringResult, GenerationError>](
        repeating: .failure(.failed("the model gave no result")), count: requests.count)
      for await (index, result) in group { results[index] = result }
      return results
    }
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
