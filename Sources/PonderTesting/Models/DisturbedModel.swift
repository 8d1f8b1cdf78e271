import PonderGeneration
import Synchronization

/// A model with failures and delays put into it.
public struct DisturbedModel: LanguageModel {
  /// What befalls one request.
  public enum Disturbance: Sendable, Hashable {
    /// It fails.
    case failure(GenerationError)
    /// Its answer comes so much later.
    case delay(Duration)
  }

  private let model: any LanguageModel
  private let disturbance: @Sendable (GenerationRequest) -> Disturbance?

  /// Wraps a model. For the same results under any concurrency the closure should look at nothing but the request.
  public init(_ model: any LanguageModel, _ disturbance: @escaping @Sendable (GenerationRequest) -> Disturbance?) {
    self.model = model
    self.disturbance = disturbance
  }

  /// As the model's.
  public var description: ModelDescription { model.description }

  /// The model's answers, each request by itself: failed, late or as they are.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [model, disturbance] producer in
      await withTaskGroup(of: Void.self) { group in
        for (index, request) in requests.enumerated() {
          group.addTask {
            let disturbance = disturbance(request)
            if case .failure(let error) = disturbance {
              producer.yield(.failed(index: index, error, partial: nil))
              return
            }
            if case .delay(let time) = disturbance { try? await Task.sleep(for: time) }
            for await event in model.generate([request]) {
              switch event {
              case .delta(_, let text, let tokens): producer.yield(.delta(index: index, text: text, tokens: tokens))
              case .finished(_, let completion): producer.yield(.finished(index: index, completion))
              case .failed(_, let error, let partial): producer.yield(.failed(index: index, error, partial: partial))
              }
            }
          }
        }
      }
    }
  }

  /// As the model's.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try model.encode(prompt) }
  /// As the model's.
  public func encode(_ text: String) throws(GenerationError) -> [Token] { try model.encode(text) }
  /// As the model's.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String { try model.decode(tokens) }
}
