import PonderGeneration

extension ChatTemplate {
  /// In what the templates of this family differ.
  public struct Llama2Dialect: Sendable, Equatable {
    /// The system prompt when the messages have none.
    public var defaultSystem: String?
    /// Whether every turn of the user begins a text (Meta's) or only the first.
    public var beginsEveryTurn = true
    /// Whether contents lose the white space around them.
    public var stripsContent = true
    /// Written turn by index: `[INST]` opens with the system message, and again from the third message on, so that a
    /// conversation without a system message begins without it.
    public var opensByIndex = false

    /// The dialect that the properties' defaults describe.
    public init() {}
  }

  /// In what the templates of this family differ.
  public struct Llama3Dialect: Sendable, Equatable {
    /// Whether a system header with the knowledge cut-off and the date is always there, since 3.1.
    public var isDated = false
    /// Whether the opening of the assistant's turn is written even if not asked for, as in the first release.
    public var alwaysPrompts = false

    /// - Parameter isDated: true for Llama 3.1 and later.
    public init(isDated: Bool = false) { self.isDated = isDated }
  }

  func llama2(_ messages: [Message], _ dialect: Llama2Dialect) throws(ChatTemplateError) -> String {
    if dialect.opensByIndex { return llama2ByIndex(messages) }
    var (system, rest) = splittingSystem(messages)
    if system == nil, let first = rest.first, !first.content.contains("<<SYS>>") { system = dialect.defaultSystem }
    try requireAlternation(rest)
    func content(_ text: String) -> String { dialect.stripsContent ? text.stripped : text }
    var text = dialect.beginsEveryTurn ? "" : beginningOfText
    for (index, message) in rest.enumerated() {
      if message.role == .user {
        var words = message.content
        if index == 0, let system { words = "<<SYS>>\n\(system)\n<</SYS>>\n\n\(words)" }
        text += (dialect.beginsEveryTurn ? beginningOfText : "") + "[INST] \(content(words)) [/INST]"
      } else if message.role == .assistant {
        text += " \(content(message.content)) \(endOfText)"
      } else {
        text += "<<SYS>>\n\(content(message.content))\n<</SYS>>\n\n"
      }
    }
    return text
  }

  private func llama2ByIndex(_ messages: [Message]) -> String {
    var text = ""
    for (index, message) in messages.enumerated() {
      switch message.role {
      case .system: text += "[INST] <<SYS>>\n\(message.content)\n<</SYS>>\n\n"
      case .user: text += (index > 1 ? "\(beginningOfText)[INST] " : "") + "\(message.content) [/INST]"
      case .assistant: text += " \(message.content) \(endOfText)"
      }
    }
    return text
  }

  func llama3(_ messages: [Message], _ dialect: Llama3Dialect, _ addGenerationPrompt: Bool) -> String {
    func turn(_ role: Role, _ content: String) -> String {
      "<|start_header_id|>\(role.rawValue)<|end_header_id|>\n\n\(content)<|eot_id|>"
    }
    var text = beginningOfText
    var rest = messages[...]
    if dialect.isDated {
      let system: String?
      (system, rest) = splittingSystem(messages)
      text += turn(
        .system, "Cutting Knowledge Date: December 2023\nToday Date: \(date)\n\n\(system?.stripped ?? "")")
    }
    for message in rest { text += turn(message.role, message.content.stripped) }
    if addGenerationPrompt || dialect.alwaysPrompts { text += "<|start_header_id|>assistant<|end_header_id|>\n\n" }
    return text
  }
}
