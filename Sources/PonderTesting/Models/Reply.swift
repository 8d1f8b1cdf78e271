import PonderGeneration

/// What a fake model is to answer: text, or a failure.
public enum Reply: Sendable, Hashable {
  /// This text and then the end, unless a stop string or the token limit comes first.
  case text(String)
  /// This text, each token with this log-probability.
  case weighted(String, logProbability: Float)
  /// A failure, after so many tokens.
  case failure(GenerationError, afterTokens: Int = 0)
}

extension Reply: ExpressibleByStringLiteral {
  /// Text.
  public init(stringLiteral text: String) { self = .text(text) }
}

extension Reply {
  /// How the reply ends a request. One token is one byte of UTF-8; a fake has no token for the end of text.
  func event(index: Int, to request: GenerationRequest, from model: ModelDescription) -> GenerationEvent {
    let prompt = request.prompt.messages.reduce(0) { $0 + $1.content.utf8.count }
    let promptTokens = prompt + (request.continuation.text?.utf8.count ?? 0)
    switch self {
    case .failure(let error, let tokens):
      let usage = Usage(promptTokens: promptTokens, generatedTokens: tokens)
      let partial = Completion(
        text: "", continuation: request.continuation, finishReason: .length, usage: usage)
      return .failed(index: index, error, partial: tokens > 0 ? partial : nil)
    case .text(let text):
      return .finished(index: index, completion(text, -1, request, promptTokens, model))
    case .weighted(let text, let logProbability):
      return .finished(index: index, completion(text, logProbability, request, promptTokens, model))
    }
  }

  private func completion(
    _ text: String, _ logProbability: Float, _ request: GenerationRequest, _ promptTokens: Int,
    _ model: ModelDescription
  ) -> Completion {
    var (shown, spelled, reason) = Self.cut(text, at: request.stops)
    if spelled.utf8.count > request.maximumTokens {
      spelled = Self.prefix(of: spelled, bytes: request.maximumTokens)
      shown = spelled
      reason = .length
    }
    let tokens = spelled.utf8.map { Token($0) }
    let hasTokens = model.capabilities.contains(.tokens)
    let extended =
      hasTokens
      ? try? request.continuation.appending(tokens: tokens, text: spelled, fingerprint: model.fingerprint) : nil
    return Completion(
      text: shown, continuation: extended ?? request.continuation.appending(text: spelled),
      tokens: hasTokens ? tokens : [],
      logProbabilities: request.wantsLogProbabilities ? tokens.map { _ in logProbability } : nil,
      finishReason: reason, usage: Usage(promptTokens: promptTokens, generatedTokens: tokens.count))
  }

  /// The text up to the first stop string: as it is shown, as it was generated, and why it ended.
  private static func cut(
    _ text: String, at stops: [GenerationRequest.Stop]
  ) -> (shown: String, spelled: String, FinishReason) {
    guard !stops.isEmpty else { return (text, text, .endOfText) }
    var best: (start: Int, end: Int, stop: GenerationRequest.Stop)?
    let bytes = Array(text.utf8)
    for stop in stops {
      let mark = Array(stop.string.utf8)
      guard mark.count <= bytes.count, !mark.isEmpty else { continue }
      let start = (0...bytes.count - mark.count).first { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
      guard let start, start + mark.count < best?.end ?? .max else { continue }
      best = (start, start + mark.count, stop)
    }
    if let best, best.end == bytes.count, best.stop.isKept { return (text, text, .stop(best.stop.string)) }
    guard let best else { return (text, text, .endOfText) }
    let spelled = String(decoding: bytes[..<best.end], as: UTF8.self)
    let shown = best.stop.isKept ? spelled : String(decoding: bytes[..<best.start], as: UTF8.self)
    return (shown, spelled, .stop(best.stop.string))
  }

  /// As many whole characters as fit.
  private static func prefix(of text: String, bytes limit: Int) -> String {
    var count = 0
    return String(
      text.prefix { character in
        count += character.utf8.count
        return count <= limit
      })
  }
}
