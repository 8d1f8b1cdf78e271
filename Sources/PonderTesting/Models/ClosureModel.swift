import PonderGeneration

/// A model that answers with what a closure says. One token is one byte of UTF-8.
///
/// The closure sees the request and gives all that the model would say from there on; the model cuts it at the request's
/// stop strings and token limit. For the same results under any concurrency it should look at nothing but the request.
///
/// ```swift
/// let model = ClosureModel { request in request.seed.generator.uniform(at: 0) < 0.7 ? "\\boxed{4}" : "\\boxed{5}" }
/// ```
public struct ClosureModel: LanguageModel {
  /// Says that the model can do everything a strategy may ask of it.
  public let description: ModelDescription
  private let reply: @Sendable (GenerationRequest) async -> Reply

  /// Makes a model. `parameterCount` matters to budgets of FLOPs.
  public init(
    name: String = "closure", parameterCount: Int = 1_000_000, contextLength: Int = 1 << 20,
    capabilities: ModelCapabilities = [.tokens, .logProbabilities, .continuations, .seeds],
    reply: @escaping @Sendable (GenerationRequest) async -> Reply
  ) {
    description = ModelDescription(
      name: name, fingerprint: name, parameterCount: parameterCount, contextLength: contextLength,
      vocabularySize: 256, capabilities: capabilities)
    self.reply = reply
  }

  /// Answers the requests one after the other; a cancelled consumer gets empty completions for the rest.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [description, reply] producer in
      for (index, request) in requests.enumerated() {
        do throws(GenerationError) {
          try request.validate(for: description)
        } catch {
          producer.yield(.failed(index: index, error, partial: nil))
          continue
        }
        if Task.isCancelled {
          producer.yield(.finished(index: index, .cancelled(request)))
          continue
        }
        let answer = await reply(request)
        producer.yield(
          Task.isCancelled
            ? .finished(index: index, .cancelled(request))
            : answer.event(index: index, to: request, from: description))
      }
    }
  }

  /// The bytes of the messages' contents.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] {
    var tokens: [Token] = []
    for message in prompt.messages { tokens += try encode(message.content) }
    return tokens
  }

  /// The text's bytes.
  public func encode(_ text: String) throws(GenerationError) -> [Token] {
    guard description.capabilities.contains(.tokens) else { throw .unsupported(.tokens, model: description.name) }
    return text.utf8.map { Token($0) }
  }

  /// The text of bytes.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String {
    guard description.capabilities.contains(.tokens) else { throw .unsupported(.tokens, model: description.name) }
    return String(decoding: tokens.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }
}

extension Completion {
  /// Nothing, because the run was cancelled.
  static func cancelled(_ request: GenerationRequest) -> Completion {
    Completion(text: "", continuation: request.continuation, finishReason: .cancelled, usage: Usage())
  }
}
