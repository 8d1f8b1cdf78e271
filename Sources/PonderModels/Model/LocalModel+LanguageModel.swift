import PonderGeneration
import Synchronization

extension LocalModel: LanguageModel {
  /// Runs all requests together with those of other callers.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    let (stream, producer) = GenerationStream.make(requestCount: requests.count)
    let call = Countdown(from: requests.count) { producer.finish() }
    var prompts: [Prompt: [Token]] = [:]  // samples of one prompt tokenise it once
    var tasks: [any EngineTask] = []
    for (index, request) in requests.enumerated() {
      do throws(GenerationError) {
        try request.validate(for: description)
        guard transformer.output != nil else { throw .unsupported(.tokenScores, model: description.name) }
        let prompt: [Token]
        if let known = prompts[request.prompt] { prompt = known } else { prompt = try encode(request.prompt) }
        prompts[request.prompt] = prompt
        tasks.append(try task(for: request, index: index, prompt: prompt, producer) { call.countDown() })
      } catch {
        producer.yield(.failed(index: index, error, partial: nil))
        call.countDown()
      }
    }
    if requests.isEmpty { producer.finish() }
    let ids = engine.submit(tasks)
    producer.onCancel { [engine] in engine.cancel(ids) }
    return stream
  }

  private func task(
    for request: GenerationRequest, index: Int, prompt: [Token], _ producer: GenerationStream.Producer,
    onEnd: @escaping @Sendable () -> Void
  ) throws(GenerationError) -> GenerationTask {
    let tokenizer = try requireTokenizer()
    let tokens = prompt + (try encode(request.continuation))
    guard !tokens.isEmpty else {
      throw .invalidRequest("the prompt is empty, and the model has no token to begin with")
    }
    try check(tokens)
    guard tokens.count < description.contextLength else {
      throw .promptTooLong(promptTokens: tokens.count, contextLength: description.contextLength)
    }
    // A foreign continuation, read as text, goes on as text.
    var start = request.continuation
    if let owner = start.fingerprint, owner != description.fingerprint { start = Continuation(text: start.text ?? "") }
    var detokenizer = StreamingDetokenizer(tokenizer)
    if case .tokens(let own, text: nil)? = start.pieces.last {
      // They end inside a character, which the first new token may complete.
      for token in own { _ = detokenizer.append(token) }
    }
    return GenerationTask(
      request, index: index, start: start, tokens: tokens, contextLength: description.contextLength,
      fingerprint: description.fingerprint, endingTokens: tokenizer.endingTokens, detokenizer: detokenizer,
      producer: producer, onEnd: onEnd)
  }
}

/// Calls an action when as many things have ended as there were.
final class Countdown: Sendable {
  private let left: Mutex<Int>
  private let action: @Sendable () -> Void

  init(from count: Int, _ action: @escaping @Sendable () -> Void) {
    left = Mutex(count)
    self.action = action
  }

  func countDown() {
    let isLast = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isLast { action() }
  }
}
