import PonderGeneration

/// Plain text in which a tag ends every step, as in Math-Shepherd (Wang et al. 2023, arXiv:2312.08935): `{question}
/// {step} ки\n{step} ки`.
///
/// A step's score is how much rather "+" than "-" follows its tag. The paper reduces by the least step score.
public struct TaggedTextRewardFormat: ProcessRewardFormat, Hashable {
  /// Names it in errors and on the command line.
  public let name: String
  /// One token of the vocabulary; a space stands before it.
  public let tag: String
  /// What follows the tag of a good step.
  public let positive: String
  /// What follows the tag of a bad one.
  public let negative: String

  /// Makes a format; the defaults are Math-Shepherd's.
  public init(name: String = "math-shepherd", tag: String = "ки", positive: String = "+", negative: String = "-") {
    self.name = name
    self.tag = tag
    self.positive = positive
    self.negative = negative
  }

  /// By the two labels.
  public var readout: RewardReadout { .tokens(positive: positive, negative: negative) }

  /// The text, behind the tokenizer's beginning-of-text token; no chat template.
  public func layout(
    of steps: [String], answering question: String, for model: any ScoringModel
  ) throws(GenerationError) -> StepLayout {
    let text = question + " " + steps.map { $0.trimmed + " " + tag }.joined(separator: "\n")
    return try StepLayout(
      try model.encode(.prompt(.raw(text))), question: try model.encode(.prompt(.raw(question))),
      mark: try model.token(spelling: tag), spelled: tag, steps: steps.count)
  }
}

extension ProcessRewardFormat where Self == TaggedTextRewardFormat {
  /// Math-Shepherd's text with tags.
  public static var mathShepherd: TaggedTextRewardFormat { TaggedTextRewardFormat() }
}
