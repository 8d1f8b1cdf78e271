import PonderGeneration
import Synchronization

/// A model that remembers every request, in the order in which they are made.
public final class CallRecorder: LanguageModel {
  private let model: any LanguageModel
  private let recorded = Mutex<[GenerationRequest]>([])

  /// Wraps a model.
  public init(_ model: any LanguageModel) { self.model = model }

  /// All requests until now.
  public var requests: [GenerationRequest] { recorded.withLock { $0 } }

  /// As the model's.
  public var description: ModelDescription { model.description }

  /// As the model's answer.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    recorded.withLock { $0 += requests }
    return model.generate(requests)
  }

  /// As the model's.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try model.encode(prompt) }
  /// As the model's.
  public func encode(_ text: String) throws(GenerationError) -> [Token] { try model.encode(text) }
  /// As the model's.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String { try model.decode(tokens) }
}
