import PonderGeneration

/// How a model is asked to revise what it wrote: the problem, then the attempts as turns of a conversation.
public struct RevisionFormat: Sendable, Hashable, Codable {
  /// An attempt, and what a critic said of it.
  public struct Attempt: Sendable, Hashable {
    /// What was written.
    public var text: String
    /// What is wrong with it, if anybody said so; nothing is said of an empty one.
    public var feedback: String?

    /// Makes an attempt.
    public init(_ text: String, feedback: String? = nil) {
      self.text = text
      self.feedback = feedback
    }
  }

  /// Attempts in the prompt at most, the last ones, ≥ 1. Snell et al. 2024 (arXiv:2408.03314) §6 have 4.
  public var history: Int
  /// What is said behind each attempt and its feedback.
  public var instruction: String

  /// Makes a format.
  public init(history: Int = 4, instruction: String = "Write an improved solution.") {
    self.history = history
    self.instruction = instruction
  }

  /// The prompt for the attempt behind these; without any, the prompt for a first one.
  public func prompt(for problem: Problem, behind attempts: some Sequence<Attempt>, in stage: RunContext) -> Prompt {
    var prompt = stage.prompt(for: problem)
    for attempt in attempts.suffix(history) {
      prompt.messages.append(.assistant(attempt.text))
      let parts = [attempt.feedback ?? "", instruction].filter { !$0.isEmpty }
      prompt.messages.append(.user(parts.joined(separator: "\n\n")))
    }
    return prompt
  }

  func validate(for strategy: String) throws(StrategyError) {
    guard history >= 1 else { throw .invalidConfiguration("\(strategy): history is \(history), must be ≥ 1") }
  }
}
