import PonderGeneration

/// A model as a remote service offers it: text in, text out, no tokens, no log-probabilities.
///
/// Every strategy that passes its tests on this one depends on no tokenizer.
public struct TextOnlyModel: LanguageModel {
  private let model: ClosureModel

  /// Makes a model that answers with what the closure says, see ``ClosureModel``.
  public init(name: String = "text only", reply: @escaping @Sendable (GenerationRequest) async -> Reply) {
    model = ClosureModel(name: name, capabilities: [.continuations, .seeds], reply: reply)
  }

  /// Continuations and seeds, nothing else.
  public var description: ModelDescription { model.description }

  /// Answers the requests.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream { model.generate(requests) }
}
