import PonderGeneration

/// One ``GenerationRequest`` while it runs: chooses tokens, turns them into text, knows when to stop.
package struct GenerationTask: EngineTask {
  package let tokens: [Token]
  package let maximumLength: Int
  package var cachedTokens = 0

  private let index: Int
  private let producer: GenerationStream.Producer
  private let onEnd: @Sendable () -> Void
  private let start: Continuation
  private let fingerprint: String
  private let endingTokens: [Token]
  private let wantsLogProbabilities: Bool
  private var sampler: Sampler
  /// What `prepare` drew for the position that comes next.
  private var choice: Result<Sampler.Choice, GenerationError>?
  private var detokenizer: StreamingDetokenizer
  private var stops: StopMatcher
  private var generated: [Token] = []
  private var logProbabilities: [Float] = []
  /// What is shown, and what all tokens but the end of text spell.
  private var text = ""
  private var spelled = ""
  /// Tokens whose text has not been handed out.
  private var unreported: [Token] = []

  /// - Parameters:
  ///   - index: the request's place in the call.
  ///   - start: the request's continuation as this model reads it.
  ///   - tokens: the prompt, the continuation included; shorter than `contextLength`.
  ///   - onEnd: called once, when the request's last event is in the stream.
  package init(
    _ request: GenerationRequest, index: Int, start: Continuation, tokens: [Token], contextLength: Int,
    fingerprint: String, endingTokens: [Token], detokenizer: StreamingDetokenizer,
    producer: GenerationStream.Producer, onEnd: @escaping @Sendable () -> Void
  ) {
    precondition(tokens.count < contextLength, "a prompt of \(tokens.count) in a context of \(contextLength)")
    self.tokens = tokens
    self.index = index
    self.producer = producer
    self.onEnd = onEnd
    self.start = start
    self.fingerprint = fingerprint
    self.endingTokens = endingTokens
    self.detokenizer = detokenizer
    maximumLength = min(contextLength, tokens.count + min(request.maximumTokens, contextLength))
    wantsLogProbabilities = request.wantsLogProbabilities
    sampler = Sampler(request.sampling, seed: request.seed, prompt: tokens)
    stops = StopMatcher(request.stops)
  }

  package var outputs: Scheduler.Outputs { .last }

  package func needsLogits(at position: Int) -> Bool { true }

  package mutating func prepare(_ output: PositionOutput) {
    choice = Result { () throws(GenerationError) in
      try sampler.choose(
        from: output.logits, position: output.position + 1, wantsLogProbability: wantsLogProbabilities)
    }
  }

  package mutating func receive(_ output: PositionOutput, model: any TokenModel) -> TaskProgress {
    let choice: Sampler.Choice
    switch self.choice {
    case .success(let chosen): choice = chosen
    case .failure(let error):
      end(.failed(error))
      return .finished
    case nil: preconditionFailure("an output that was not prepared")
    }
    self.choice = nil
    generated.append(choice.token)
    unreported.append(choice.token)
    if let logProbability = choice.logProbability { logProbabilities.append(logProbability) }
    if endingTokens.contains(choice.token) { return finish(.endOfText) }

    let piece = detokenizer.append(choice.token)
    spelled += piece
    let step = stops.feed(piece)
    report(step.text)
    if let stop = step.stop { return finish(.stop(stop.string)) }
    if tokens.count + generated.count >= maximumLength { return finish(.length) }
    return .token(choice.token)
  }

  package mutating func end(_ reason: TaskEnd) {
    switch reason {
    case .cancelled: _ = finish(.cancelled)
    case .failed(let error):
      report(stops.flush())
      // What was paid for; it ended because it had to.
      producer.yield(.failed(index: index, error, partial: generated.isEmpty ? nil : completion(.cancelled)))
      onEnd()
    }
  }

  private mutating func finish(_ reason: FinishReason) -> TaskProgress {
    if case .stop = reason {} else { report(stops.flush()) }
    if !unreported.isEmpty { producer.yield(.delta(index: index, text: "", tokens: unreported)) }
    producer.yield(.finished(index: index, completion(reason)))
    onEnd()
    return .finished
  }

  private mutating func report(_ newText: String) {
    guard !newText.isEmpty else { return }
    text += newText
    producer.yield(.delta(index: index, text: newText, tokens: unreported))
    unreported = []
  }

  private func completion(_ reason: FinishReason) -> Completion {
    let kept = reason == .endOfText ? generated.dropLast() : generated[...]
    var rest = detokenizer
    let isWhole = rest.finish().isEmpty
    // `start` is this model's own, so its fingerprint cannot differ.
    let continuation = try? start.appending(
      tokens: Array(kept), text: isWhole ? spelled : nil, fingerprint: fingerprint)
    return Completion(
      text: text, continuation: continuation ?? start, tokens: generated,
      logProbabilities: wantsLogProbabilities ? logProbabilities : nil, finishReason: reason,
      usage: Usage(
        promptTokens: tokens.count, cachedPromptTokens: cachedTokens, generatedTokens: generated.count))
  }
}
