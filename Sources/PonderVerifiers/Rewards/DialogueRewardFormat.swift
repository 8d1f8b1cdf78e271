import PonderGeneration

/// A dialogue in which the user shows a step and the assistant's whole reply is its label, as in RLHFlow's
/// Llama3.1-8B-PRM-Deepseek-Data.
///
/// The first turn is the question, a space and the first step; earlier labels are always the positive one. A step's
/// score is read at the position that *predicts* its label, the last token of the opened turn. There is no system
/// prompt of ours; what the model's own chat template adds stays, with its date pinned.
public struct DialogueRewardFormat: ProcessRewardFormat, Hashable {
  /// Names it in errors and on the command line.
  public let name: String
  /// What the assistant says to a good step.
  public let positive: String
  /// What it says to a bad one.
  public let negative: String
  /// Stands between the question and the first step.
  public let separator: String

  /// Makes a format; the defaults are RLHFlow's.
  public init(name: String = "rlhflow", positive: String = "+", negative: String = "-", separator: String = " ") {
    self.name = name
    self.positive = positive
    self.negative = negative
    self.separator = separator
  }

  /// By the two labels.
  public var readout: RewardReadout { .tokens(positive: positive, negative: negative) }

  /// The dialogue up to the opening of the last label.
  public func layout(
    of steps: [String], answering question: String, for model: any ScoringModel
  ) throws(GenerationError) -> StepLayout {
    var messages: [Message] = []
    var layout = StepLayout(tokens: [], questionCount: 0, positions: [])
    for (index, step) in steps.enumerated() {
      let step = step.trimmed
      if index > 0 { messages.append(.assistant(positive)) }
      messages.append(.user(index == 0 ? question + separator + step : step))
      let tokens = try model.encode(.prompt(Prompt(messages)))
      guard tokens.starts(with: layout.tokens) else {
        throw .unrenderablePrompt("the chat template changes earlier turns when the dialogue goes on")
      }
      layout.tokens = tokens
      layout.positions.append(tokens.count - 1)
    }
    let alone = try model.encode(.dialogue([.user(question)]))
    layout.questionCount = min(layout.tokens.commonPrefixCount(with: alone), layout.positions[0])
    return layout
  }
}

extension ProcessRewardFormat where Self == DialogueRewardFormat {
  /// RLHFlow's dialogue (Xiong et al. 2024, "An implementation of generative PRM").
  public static var rlhFlow: DialogueRewardFormat { DialogueRewardFormat() }
}
