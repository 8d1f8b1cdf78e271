/// Why a model did not do what it was asked. `Codable`, so that a trace can keep it.
public enum GenerationError: Error, Sendable, Hashable, Codable {
  /// A value of the request is out of its range; nothing was computed.
  case invalidRequest(String)
  /// The model lacks these capabilities; nothing was computed.
  case unsupported(ModelCapabilities, model: String)
  /// The prompt leaves no room for a token.
  case promptTooLong(promptTokens: Int, contextLength: Int)
  /// The memory for keys and values cannot hold this sequence even when it runs alone.
  case cacheTooSmall(neededTokens: Int, availableTokens: Int)
  /// Tokens of another model that do not spell whole characters cannot be read as text.
  case foreignContinuation(expected: String, found: String)
  /// The messages cannot be rendered, by the template's own rules or for want of one.
  case unrenderablePrompt(String)
  /// The model computed something that is not a number.
  case nonFiniteOutput(String)
  /// Any other failure, in the words of the model.
  case failed(String)
}

extension GenerationError: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .invalidRequest(let reason): "invalid request: \(reason)"
    case .unsupported(let capabilities, let model): "model \(model) does not offer \(capabilities)"
    case .promptTooLong(let prompt, let context):
      "the prompt has \(prompt) tokens, the context holds \(context): no room for an answer"
    case .cacheTooSmall(let needed, let available):
      "the sequence needs a key-value cache of \(needed) tokens, \(available) are available"
    case .foreignContinuation(let expected, let found):
      "a continuation of model \(found) does not spell whole characters and cannot be read by \(expected)"
    case .unrenderablePrompt(let reason): "the messages cannot be rendered: \(reason)"
    case .nonFiniteOutput(let where_): "the model computed a value that is not finite: \(where_)"
    case .failed(let reason): "the model failed: \(reason)"
    }
  }
}
