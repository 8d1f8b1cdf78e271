/// The seam between strategies and models: anything that turns requests into completions.
///
/// A strategy sees nothing else of a model. It passes its prompts as messages and goes on from opaque
/// ``Continuation``s, so it runs on a local checkpoint, a remote service or a fake alike.
public protocol LanguageModel: Sendable {
  /// Known without running the model, and the same as long as it lives.
  var description: ModelDescription { get }

  /// Runs all requests, in one batch where it can.
  ///
  /// Each request ends exactly once in the stream, whatever becomes of the others. Cancelling the consuming task ends
  /// each at its next token with ``FinishReason/cancelled``.
  func generate(_ requests: [GenerationRequest]) -> GenerationStream

  /// The tokens of a prompt, as the model would read it.
  ///
  /// Throws ``GenerationError/unsupported(_:model:)`` without ``ModelCapabilities/tokens``.
  func encode(_ prompt: Prompt) throws(GenerationError) -> [Token]

  /// The tokens of a text that stands inside an answer; special tokens in it are not recognised.
  func encode(_ text: String) throws(GenerationError) -> [Token]

  /// The text that tokens spell; half a character becomes U+FFFD.
  func decode(_ tokens: [Token]) throws(GenerationError) -> String
}

extension LanguageModel {
  /// A model without tokens refuses.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] {
    throw .unsupported(.tokens, model: description.name)
  }

  /// A model without tokens refuses.
  public func encode(_ text: String) throws(GenerationError) -> [Token] {
    throw .unsupported(.tokens, model: description.name)
  }

  /// A model without tokens refuses.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String {
    throw .unsupported(.tokens, model: description.name)
  }

  /// All completions, in the order of the requests. One failure leaves the others as they are.
  public func completions(for requests: [GenerationRequest]) async -> [Result<Completion, GenerationError>] {
    var results = [Result<Completion, GenerationError>?](repeating: nil, count: requests.count)
    for await event in generate(requests) {
      switch event {
      case .delta: break
      case .finished(let index, let completion): results[index] = .success(completion)
      case .failed(let index, let error, _): results[index] = .failure(error)
      }
    }
    return results.map { $0 ?? .failure(.failed("the stream ended before the request did")) }
  }

  /// The completion of one request.
  public func completion(for request: GenerationRequest) async throws(GenerationError) -> Completion {
    try await completions(for: [request])[0].get()
  }
}
