import PonderGeneration

/// How a conversation becomes the text a model was trained on.
///
/// Recognised from the checkpoint's own Jinja template by its markers and literals, then rendered natively: exactly what
/// Jinja renders from role and content. A template of another family is refused rather than approximated.
public struct ChatTemplate: Sendable, Equatable {
  /// The families, each with the dialects it is found in.
  public enum Family: Sendable, Equatable {
    /// `[INST] <<SYS>>`, Touvron et al. 2023 (arXiv:2307.09288), appendix A.3.3.
    case llama2(Llama2Dialect)
    /// `<|start_header_id|>`, with the dated system header since 3.1.
    case llama3(Llama3Dialect)
    /// `<|im_start|>`, OpenAI's format; Qwen's among many.
    case chatML(ChatMLDialect)
    /// `[INST]` without `<<SYS>>`, Mistral's v0.1 to v7.
    case mistral(MistralDialect)
    /// `<|user|>` ended by the end of text; TinyLlama's too.
    case zephyr

    /// What people call it.
    public var name: String {
      switch self {
      case .llama2: "Llama 2"
      case .llama3: "Llama 3"
      case .chatML: "ChatML"
      case .mistral: "Mistral"
      case .zephyr: "Zephyr"
      }
    }
  }

  /// Which format, in which dialect.
  public var family: Family
  /// The spelling of the token that begins a text; empty if the checkpoint has none.
  public var beginningOfText: String
  /// The spelling of the token that ends a text.
  public var endOfText: String
  /// What Llama 3.1's system header calls today. The templates' own default, and not the real date, so that the same
  /// messages give the same tokens every day.
  public var date = "26 Jul 2024"

  /// - Parameters:
  ///   - beginningOfText: the spelling of `bos_token`.
  ///   - endOfText: the spelling of `eos_token`.
  public init(_ family: Family, beginningOfText: String, endOfText: String) {
    self.family = family
    self.beginningOfText = beginningOfText
    self.endOfText = endOfText
  }

  // MARK: - Rendering

  /// The text of a conversation.
  ///
  /// - Parameters:
  ///   - messages: at least one.
  ///   - addGenerationPrompt: whether the text ends with the opening of the assistant's next turn. Mistral's and
  ///     Llama 2's need none; some templates write it always.
  /// - Throws: `ChatTemplateError.refused` where the checkpoint's template raises an exception.
  public func render(
    _ messages: [Message], addGenerationPrompt: Bool = true
  ) throws(ChatTemplateError) -> String {
    guard !messages.isEmpty else { throw .refused(reason: "there are no messages") }
    switch family {
    case .llama2(let dialect): return try llama2(messages, dialect)
    case .llama3(let dialect): return llama3(messages, dialect, addGenerationPrompt)
    case .chatML(let dialect): return chatML(messages, dialect, addGenerationPrompt)
    case .mistral(let dialect): return try mistral(messages, dialect)
    case .zephyr: return zephyr(messages, addGenerationPrompt)
    }
  }

  /// The text of a conversation whose next turn, the assistant's, has begun with `partial`, kept to the last character.
  ///
  /// The templates that put a space before the assistant's words put it here too, unless `partial` has it already.
  public func render(_ messages: [Message], continuing partial: String) throws(ChatTemplateError) -> String {
    let opening = try render(messages, addGenerationPrompt: true)
    let lead: String
    switch family {
    case .llama2: lead = " "
    case .mistral(let dialect): lead = dialect.assistantLead
    case .llama3, .chatML: lead = ""
    // The opening of Zephyr's template stops short of the newline.
    case .zephyr: lead = opening.hasSuffix("\n") ? "" : "\n"
    }
    return opening + (partial.isEmpty || partial.hasPrefix(lead) ? "" : lead) + partial
  }

  /// The messages after a leading system message, and its content.
  func splittingSystem(_ messages: [Message]) -> (system: String?, rest: ArraySlice<Message>) {
    if let first = messages.first, first.role == .system { return (first.content, messages.dropFirst()) }
    return (nil, messages[...])
  }

  /// Throws unless the roles are user, assistant, user, …
  func requireAlternation(_ messages: some Sequence<Message>) throws(ChatTemplateError) {
    for (index, message) in messages.enumerated() where (message.role == .user) != (index % 2 == 0) {
      throw .refused(reason: "after an optional system message the roles must alternate user, assistant, user, …")
    }
  }
}

extension String {
  /// Without white space at either end, as Python's `str.strip()` has it: Unicode's and the four separators below it.
  var stripped: String {
    func isSpace(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  func strippingNewlines(front: Bool = true, back: Bool = true) -> String {
    var scalars = Substring(self).unicodeScalars
    while front, scalars.first == "\n" { scalars.removeFirst() }
    while back, scalars.last == "\n" { scalars.removeLast() }
    return String(Substring(scalars))
  }
}
