import PonderGeneration

extension ChatTemplate {
  /// In what the templates of this family differ.
  public struct MistralDialect: Sendable, Equatable {
    /// Where a system message goes.
    public enum System: Sendable, Equatable {
      /// It is refused.
      case refused
      /// Before the first question, behind it an empty line.
      case inFirstQuestion
      /// Before the last message, if that is a question.
      case inLastQuestion
      /// Between `[SYSTEM_PROMPT]` and `[/SYSTEM_PROMPT]`, where it stands; nothing has to alternate.
      case marked
    }

    /// Where a system message goes.
    public var system = System.refused
    /// `[INST]` with the spaces around it.
    public var opening = "[INST] "
    /// `[/INST]` with the space before it.
    public var closing = " [/INST]"
    /// What precedes the assistant's words.
    public var assistantLead = ""
    /// Whether the assistant's words lose the white space around them.
    public var stripsAssistant = false
    /// What follows the end of text behind the assistant's words.
    public var assistantTail = ""

    /// The dialect that the properties' defaults describe.
    public init() {}
  }

  func mistral(_ messages: [Message], _ dialect: MistralDialect) throws(ChatTemplateError) -> String {
    var system: String?
    var rest = messages[...]
    if dialect.system == .inFirstQuestion || dialect.system == .inLastQuestion {
      (system, rest) = splittingSystem(messages)
    }
    if dialect.system != .marked { try requireAlternation(rest) }
    var text = beginningOfText
    for (index, message) in zip(rest.indices, rest) {
      switch message.role {
      case .user:
        let takesSystem = dialect.system == .inLastQuestion ? index == rest.endIndex - 1 : index == rest.startIndex
        let lead = takesSystem ? system.map { $0 + "\n\n" } ?? "" : ""
        text += dialect.opening + lead + message.content + dialect.closing
      case .assistant:
        let content = dialect.stripsAssistant ? message.content.stripped : message.content
        text += dialect.assistantLead + content + endOfText + dialect.assistantTail
      case .system:
        guard dialect.system == .marked else {
          throw .refused(reason: "only user and assistant roles are supported here")
        }
        text += "[SYSTEM_PROMPT] \(message.content)[/SYSTEM_PROMPT]"
      }
    }
    return text
  }

  func zephyr(_ messages: [Message], _ addGenerationPrompt: Bool) -> String {
    var text = ""
    for message in messages { text += "<|\(message.role.rawValue)|>\n\(message.content)\(endOfText)\n" }
    return text + (addGenerationPrompt ? "<|assistant|>\n" : "")
  }
}
