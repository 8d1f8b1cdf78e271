import PonderGeneration
import Synchronization

extension LocalModel: ScoringModel {
  /// Reads all requests together with the work of other callers. A cancelled task's requests fail.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    let answers = Answers(count: requests.count)
    var tasks: [any EngineTask] = []
    for (index, request) in requests.enumerated() {
      do throws(GenerationError) {
        let segments = try segments(of: request)
        tasks.append(ScoringTask(segments) { answers.set(index, $0) })
      } catch {
        answers.set(index, .failure(error))
      }
    }
    let ids = engine.submit(tasks)
    return await withTaskCancellationHandler {
      await answers.all()
    } onCancel: { [engine] in
      engine.cancel(ids)
    }
  }

  /// The one token that spells `text`: an ordinary one, or a special one such as `<|eot_id|>`.
  ///
  /// Throws ``GenerationError/invalidRequest(_:)`` when it takes several.
  public func token(spelling text: String) throws(GenerationError) -> Token {
    let tokenizer = try requireTokenizer()
    let tokens = tokenizer.encode(text)
    if tokens.count == 1 { return tokens[0] }
    guard let token = tokenizer.id(of: text) else {
      throw .invalidRequest("\"\(text)\" is \(tokens.count) tokens, not one")
    }
    return token
  }

  private func segments(of request: ScoringRequest) throws(GenerationError) -> [ScoringTask.Segment] {
    let missing = request.requiredCapabilities.subtracting(description.capabilities)
    guard missing.isEmpty else { throw .unsupported(missing, model: description.name) }
    var segments: [ScoringTask.Segment] = []
    for (number, segment) in request.segments.enumerated() {
      let tokens = try encode(segment.content)
      try check(tokens)
      let positions: [Int] =
        switch segment.positions {
        case .last: [tokens.count - 1]
        case .every: Array(tokens.indices)
        case .at(let positions): positions
        }
      let marks = segment.captures.contains { $0 != .logProbabilities }
      if marks, let stray = positions.first(where: { !tokens.indices.contains($0) }) {
        throw .invalidRequest("position \(stray) of segment \(number), which has \(tokens.count) tokens")
      }
      for case .logits(let wanted) in segment.captures { try check(wanted) }
      for case .topTokens(let count) in segment.captures where count < 1 {
        throw .invalidRequest("topTokens(\(count)) in segment \(number), must be ≥ 1")
      }
      segments.append(
        ScoringTask.Segment(tokens: tokens, captures: segment.captures, positions: marks ? positions : []))
    }
    let count = segments.reduce(0) { $0 + $1.tokens.count }
    guard count > 0 else { throw .invalidRequest("there is no token to read") }
    guard segments.contains(where: { !$0.captures.isEmpty }) else { throw .invalidRequest("no segment has a capture") }
    guard count <= description.contextLength else {
      throw .promptTooLong(promptTokens: count, contextLength: description.contextLength)
    }
    return segments
  }

  /// The tokens of a segment's content.
  public func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] {
    switch content {
    case .prompt(let prompt): try encode(prompt)
    case .dialogue(let messages): try encode(dialogue: messages)
    case .text(let text): try encode(text)
    case .markup(let text): try requireTokenizer().encode(text, parseSpecialTokens: true)
    case .tokens(let tokens): tokens
    case .continuation(let continuation): try encode(continuation)
    }
  }
}

/// Gathers the answers to the requests of one call, and hands them out when all are there.
private final class Answers: Sendable {
  typealias Answer = Result<ScoringResult, GenerationError>

  private struct State {
    var answers: [Answer?]
    var left: Int
    var waiter: CheckedContinuation<[Answer], Never>?

    var complete: [Answer]? { left == 0 ? answers.compactMap { $0 } : nil }
  }

  private let state: Mutex<State>

  init(count: Int) {
    state = Mutex(State(answers: Array(repeating: nil, count: count), left: count))
  }

  /// Each index once.
  func set(_ index: Int, _ answer: Answer) {
    let (waiter, answers) = state.withLock { state in
      state.answers[index] = answer
      state.left -= 1
      return (state.complete == nil ? nil : state.waiter, state.complete ?? [])
    }
    waiter?.resume(returning: answers)
  }

  func all() async -> [Answer] {
    await withCheckedContinuation { waiter in
      let answers = state.withLock { state in
        if state.complete == nil { state.waiter = waiter }
        return state.complete
      }
      if let answers { waiter.resume(returning: answers) }
    }
  }
}
