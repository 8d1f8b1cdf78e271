/// What a model is asked: messages, and how they become text.
///
/// A last message of the assistant is *opened*, not closed: the model continues it, trailing white space kept.
public struct Prompt: Sendable, Hashable, Codable {
  /// How messages become the text that the model reads.
  public enum Rendering: Sendable, Hashable, Codable {
    /// The model's own chat template, with the opening of the assistant's turn at its end.
    case chatTemplate
    /// The contents of the messages one after the other, behind the tokenizer's beginning-of-text token if it has one.
    case raw
  }

  /// In the order in which they are said; at least one.
  public var messages: [Message]
  /// How they become text.
  public var rendering: Rendering

  /// Messages in the model's chat template, unless said otherwise.
  public init(_ messages: [Message], rendering: Rendering = .chatTemplate) {
    self.messages = messages
    self.rendering = rendering
  }

  /// Text that no template touches.
  public static func raw(_ text: String) -> Prompt { Prompt([.user(text)], rendering: .raw) }

  /// One question of the user, in the model's chat template.
  public static func chat(_ text: String, system: String? = nil) -> Prompt {
    Prompt((system.map { [.system($0)] } ?? []) + [.user(text)])
  }
}

/// How a problem's question becomes a ``Prompt``.
///
/// Each reader of a problem has its own: a policy wants a system prompt, a reward model the bare question.
public struct PromptFormat: Sendable, Hashable, Codable {
  /// The system message, or `nil` for none of ours (a template may add its own).
  public var system: String?
  /// Stands before the question in the user's message.
  public var prefix: String
  /// Stands behind the question in the user's message.
  public var suffix: String
  /// How the messages become text.
  public var rendering: Prompt.Rendering

  /// A format; without arguments it is ``chat``.
  public init(
    system: String? = nil, prefix: String = "", suffix: String = "", rendering: Prompt.Rendering = .chatTemplate
  ) {
    self.system = system
    self.prefix = prefix
    self.suffix = suffix
    self.rendering = rendering
  }

  /// The bare question in the model's own chat template.
  public static let chat = PromptFormat()

  /// The bare question, no template.
  public static let raw = PromptFormat(rendering: .raw)

  /// The system prompt for MATH of Hugging Face's search-and-learn, as in
  /// "Scaling test-time compute with open models" (2024).
  public static let searchAndLearn = PromptFormat(
    system: """
      Solve the following math problem efficiently and clearly:

      - For simple problems (2 steps or fewer):
      Provide a concise solution with minimal explanation.

      - For complex problems (3 steps or more):
      Use this step-by-step format:

      ## Step 1: [Concise description]
      [Brief explanation and calculations]

      ## Step 2: [Concise description]
      [Brief explanation and calculations]

      ...

      Regardless of the approach, always conclude with:

      Therefore, the final answer is: $\\boxed{answer}$. I hope it is correct.

      Where [answer] is just the final number or expression that solves the problem.
      """)

  /// The format to ask a model mathematics in: ``searchAndLearn`` if its name says that it follows instructions
  /// (`Llama-3.2-1B-Instruct`, `gemma-it`, `zephyr-chat`), else ``chat``.
  public static func recommended(for model: ModelDescription) -> PromptFormat {
    let words = model.name.lowercased().split { !$0.isLetter && !$0.isNumber }
    return words.contains { ["instruct", "it", "chat"].contains($0) } ? .searchAndLearn : .chat
  }

  /// The prompt that asks `question` in this format.
  public func prompt(for question: String) -> Prompt {
    let user = Message.user(prefix + question + suffix)
    guard let system else { return Prompt([user], rendering: rendering) }
    let separator = rendering == .raw ? "\n\n" : ""
    return Prompt([.system(system + separator), user], rendering: rendering)
  }
}

/// How a caller says which ``PromptFormat`` is wanted: by a word, for options of programs.
public enum PromptFormatChoice: String, Sendable, Hashable, Codable, CaseIterable {
  /// ``PromptFormat/recommended(for:)``
  case automatic
  /// ``PromptFormat/searchAndLearn``
  case searchAndLearn = "search-and-learn"
  /// ``PromptFormat/chat``: no system prompt.
  case none

  /// The format for a model.
  public func format(for model: ModelDescription) -> PromptFormat {
    switch self {
    case .automatic: .recommended(for: model)
    case .searchAndLearn: .searchAndLearn
    case .none: .chat
    }
  }
}
