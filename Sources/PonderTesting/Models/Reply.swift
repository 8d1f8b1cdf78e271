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
    let promptTokens = prompt + (request.continuation.trail.reading(by: LengthReader()) ?? 0)
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
    var best: (range: Range<Int>, stop: GenerationRequest.Stop)?
    for stop in stops {
      guard let range = text.firstRange(ofBytes: stop.string), range.upperBound < best?.range.upperBound ?? .max
      else { continue }
      best = (range, stop)
    }
    guard let (range, stop) = best else { return (text, text, .endOfText) }
    if stop.isKept, range.upperBound == text.utf8.count { return (text, text, .stop(stop.string)) }
    let bytes = text.utf8
    let spelled = String(decoding: bytes.prefix(range.upperBound), as: UTF8.self)
    let shown = stop.isKept ? spelled : String(decoding: bytes.prefix(range.lowerBound), as: UTF8.self)
    return (shown, spelled, .stop(stop.string))
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

extension String {
  /// Where the bytes of another text first stand; `nil` for an empty one.
  fileprivate func firstRange(ofBytes mark: String) -> Range<Int>? {
    var (text, mark) = (self, mark)
    return text.withUTF8 { bytes in
      mark.withUTF8 { mark in
        guard let first = mark.first, mark.count <= bytes.count else { return nil }
        for start in 0...bytes.count - mark.count where bytes[start] == first {
          if bytes[start..<start + mark.count].elementsEqual(mark) { return start..<start + mark.count }
        }
        return nil
      }
    }
  }
}

/// Counts the bytes of an answer so far; `nil` where tokens do not spell whole characters.
private struct LengthReader: TrailReader {
  var beginning: Int? { 0 }

  func reading(_ piece: Continuation.Piece, after length: Int?) -> Int? {
    guard let length, let text = piece.text else { return nil }
    return length + text.utf8.count
  }
}
