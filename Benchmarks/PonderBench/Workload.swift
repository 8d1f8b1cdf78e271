import ArgumentParser

/// Something to measure. Its name says all of it, so that two programs can run the same.
enum Workload: Hashable, Sendable {
  /// Reading a prompt that is nowhere cached, up to the first token of the answer.
  case prefill(tokens: Int)
  /// Answers of `generated` tokens each to one prompt that has been read before.
  case decode(candidates: Int, prompt: Int, generated: Int)
  /// Two logits behind each of some answers to one prompt, nothing of it cached: a reward model at work.
  case scoring(candidates: Int, prompt: Int, answer: Int)
  /// Memory that a model takes beside its weights, for answers to one prompt.
  case memory(candidates: Int, prompt: Int, generated: Int)
  /// Tokens that a beam search computes, its reward model included.
  case beamSearch(width: Int, branching: Int)

  /// The rows of the goals table.
  static let goals: [Workload] =
    [.prefill(tokens: 512), .decode(candidates: 1, prompt: 256)]
    + [4, 8, 16, 32, 64].map { .decode(candidates: $0, prompt: 256) }
    + [16, 32].map { .decode(candidates: $0, prompt: 1024) }
    + [
      .scoring(candidates: 16, prompt: 256, answer: 256), .memory(candidates: 64, prompt: 1024, generated: 256),
      .beamSearch(width: 16, branching: 4),
    ]

  /// With so many tokens a candidate that a run takes a few seconds, but never less than eight steps.
  static func decode(candidates: Int, prompt: Int) -> Workload {
    .decode(candidates: candidates, prompt: prompt, generated: max(8, min(32, 128 / candidates)))
  }

  /// Whether time is what counts.
  var isTimed: Bool {
    switch self {
    case .prefill, .decode, .scoring: true
    case .memory, .beamSearch: false
    }
  }
}

// MARK: - Names

extension Workload: ExpressibleByArgument, CustomStringConvertible {
  /// `prefill-TOKENS`, `decode-CANDIDATES-PROMPT[-GENERATED]`, `score-CANDIDATES-PROMPT-ANSWER`,
  /// `memory-CANDIDATES-PROMPT-GENERATED`, `beam-WIDTH-BRANCHING`.
  init?(argument: String) {
    let parts = argument.split(separator: "-")
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard numbers.count == parts.count - 1, numbers.allSatisfy({ $0 >= 1 }) else { return nil }
    switch (parts.first, numbers.count) {
    case ("prefill", 1): self = .prefill(tokens: numbers[0])
    case ("decode", 2): self = .decode(candidates: numbers[0], prompt: numbers[1])
    case ("decode", 3): self = .decode(candidates: numbers[0], prompt: numbers[1], generated: numbers[2])
    case ("score", 3): self = .scoring(candidates: numbers[0], prompt: numbers[1], answer: numbers[2])
    case ("memory", 3): self = .memory(candidates: numbers[0], prompt: numbers[1], generated: numbers[2])
    case ("beam", 2) where numbers[0].isMultiple(of: numbers[1]):
      self = .beamSearch(width: numbers[0], branching: numbers[1])
    default: return nil
    }
  }

  var description: String {
    switch self {
    case .prefill(let tokens): "prefill-\(tokens)"
    case .decode(let candidates, let prompt, let generated): "decode-\(candidates)-\(prompt)-\(generated)"
    case .scoring(let candidates, let prompt, let answer): "score-\(candidates)-\(prompt)-\(answer)"
    case .memory(let candidates, let prompt, let generated): "memory-\(candidates)-\(prompt)-\(generated)"
    case .beamSearch(let width, let branching): "beam-\(width)-\(branching)"
    }
  }
}
