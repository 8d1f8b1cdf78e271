import PonderGeneration

/// A turn of the assistant in which a special token ends every step, read by a head with two classes, as in
/// Qwen2.5-Math-PRM (Zhang et al. 2025, arXiv:2501.07301).
///
/// Serves both heads: Qwen's own of two layers (`score.0`, ReLU, `score.2`) and the plain two-class token classifier.
public struct TaggedTurnRewardFormat: ProcessRewardFormat, Hashable {
  /// Names it in errors and on the command line.
  public let name: String
  /// The system message, or `nil` for none of ours.
  public let system: String?
  /// One token of the vocabulary, special or not, behind every step.
  public let tag: String
  /// The class that says that a step is good.
  public let label: Int

  /// Makes a format; the defaults are Qwen2.5-Math-PRM's.
  public init(
    name: String = "qwen-prm",
    system: String? = "Please reason step by step, and put your final answer within \\boxed{}.",
    tag: String = "<extra_0>", label: Int = 1
  ) {
    self.name = name
    self.system = system
    self.tag = tag
    self.label = label
  }

  /// By the head's classes.
  public var readout: RewardReadout { .softmax(label: label) }

  /// The dialogue up to the last tag. A step that spells the tag out does not end there: its spelling stays text.
  public func layout(
    of steps: [String], answering question: String, for model: any ScoringModel
  ) throws(GenerationError) -> StepLayout {
    let asked = (system.map { [Message.system($0)] } ?? []) + [.user(question)]
    let mark = try model.token(spelling: tag)
    // A special token splits the text around it, so that steps are tokenised apart, as in the whole text.
    var tokens = try model.encode(.prompt(Prompt(asked + [.assistant(steps[0].trimmed)]))) + [mark]
    for step in steps.dropFirst() { tokens += try model.encode(.text(step.trimmed)) + [mark] }
    return try StepLayout(
      tokens, question: try model.encode(.prompt(Prompt(asked))), mark: mark, spelled: tag, steps: steps.count)
  }
}

extension ProcessRewardFormat where Self == TaggedTurnRewardFormat {
  /// Qwen2.5-Math-PRM's turn with tags.
  public static var qwenMath: TaggedTurnRewardFormat { TaggedTurnRewardFormat() }
}
