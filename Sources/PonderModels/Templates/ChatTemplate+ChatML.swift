import PonderGeneration

extension ChatTemplate {
  /// In what the templates of this family differ.
  public struct ChatMLDialect: Sendable, Equatable {
    /// What becomes of reasoning between `<think>` and `</think>` in the assistant's turns.
    public enum Reasoning: Sendable, Equatable {
      /// Nothing: it is text like any other.
      case kept
      /// Dropped from all turns but the last message (QwQ).
      case droppedFromAllButLast
      /// Dropped before the last question of the user, written out after it (Qwen3).
      case droppedBeforeLastQuestion
      /// Written out in every turn, empty if need be.
      case always
    }

    /// A system message for conversations that have none.
    public var defaultSystem: String?
    /// A system message before everything else, whether there is another or not.
    public var preamble: String?
    /// Whether the beginning-of-text token comes first.
    public var beginsWithBeginningOfText = false
    /// What becomes of written-out reasoning.
    public var reasoning = Reasoning.kept
    /// What follows the opening of the assistant's turn.
    public var afterOpening = ""

    /// The dialect that the properties' defaults describe.
    public init() {}
  }

  func chatML(_ messages: [Message], _ dialect: ChatMLDialect, _ addGenerationPrompt: Bool) -> String {
    func turn(_ role: String, _ content: String) -> String { "<|im_start|>\(role)\n\(content)<|im_end|>\n" }
    var text = dialect.beginsWithBeginningOfText ? beginningOfText : ""
    if let preamble = dialect.preamble { text += turn("system", preamble) }
    if let system = dialect.defaultSystem, messages[0].role != .system { text += turn("system", system) }
    let lastQuestion =
      messages.lastIndex { message in
        let isToolResponse =
          message.content.hasPrefix("<tool_response>") && message.content.hasSuffix("</tool_response>")
        return message.role == .user && !isToolResponse
      } ?? messages.count - 1
    for (index, message) in messages.enumerated() {
      var content = message.content
      if message.role == .assistant {
        let isLast = index == messages.count - 1
        switch dialect.reasoning {
        case .kept: break
        case .droppedFromAllButLast: if !isLast { content = Thought(content).answer(strips: true) }
        case .droppedBeforeLastQuestion:
          let thought = Thought(content)
          content = thought.answer(strips: thought.isMarked)
          if index > lastQuestion, isLast || !thought.reasoning.isEmpty { content = thought.writtenOut }
        case .always: content = Thought(content).writtenOut
        }
      }
      text += turn(message.role.rawValue, content)
    }
    if addGenerationPrompt { text += "<|im_start|>assistant\n" + dialect.afterOpening }
    return text
  }

  /// A turn of the assistant, taken apart at `</think>` as Qwen's templates do it.
  private struct Thought {
    let isMarked: Bool
    let reasoning: String
    private let rest: String

    init(_ content: String) {
      let parts = content.splitting(by: "</think>")
      isMarked = parts.count > 1
      rest = parts[parts.count - 1]
      reasoning =
        isMarked
        ? parts[0].strippingNewlines(front: false).splitting(by: "<think>").last.map {
          $0.strippingNewlines(back: false)
        } ?? "" : ""
    }

    func answer(strips: Bool) -> String { strips ? rest.strippingNewlines(back: false) : rest }

    var writtenOut: String {
      "<think>\n\(reasoning.strippingNewlines())\n</think>\n\n\(answer(strips: true))"
    }
  }
}

extension String {
  /// The parts between occurrences of `separator`, compared by scalars: Python's `str.split(separator)`.
  fileprivate func splitting(by separator: String) -> [String] {
    var parts: [String] = []
    var rest = Array(utf8)[...]
    let pattern = Array(separator.utf8)
    while let start = rest.indices.first(where: { rest[$0...].starts(with: pattern) }) {
      parts.append(String(decoding: rest[..<start], as: UTF8.self))
      rest = rest[(start + pattern.count)...]
    }
    return parts + [String(decoding: rest, as: UTF8.self)]
  }
}
