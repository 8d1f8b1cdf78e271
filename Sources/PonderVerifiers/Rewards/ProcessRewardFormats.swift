import PonderGeneration
import PonderStrategies

/// The formats that are known, by name and by what a checkpoint shows.
public enum ProcessRewardFormats {
  /// The published ones.
  public static let all: [any ProcessRewardFormat] = [
    DialogueRewardFormat.rlhFlow, TaggedTextRewardFormat.mathShepherd, LineRewardFormat.skywork,
    TaggedTurnRewardFormat.qwenMath,
  ]

  /// The format with this name: `rlhflow`, `math-shepherd`, `skywork`, `qwen-prm`.
  public static func named(_ name: String) throws(VerifierError) -> any ProcessRewardFormat {
    guard let format = all.first(where: { $0.name == name }) else {
      throw .unknownName(name, known: all.map(\.name))
    }
    return format
  }

  /// The format that a checkpoint shows by its head, its tokens and its chat template:
  ///
  /// - a value for every token: Skywork's lines;
  /// - two classes for every token, and `<extra_0>` in the vocabulary: Qwen's tags;
  /// - a language model without a chat template whose vocabulary has the token `ки`: Math-Shepherd's tags;
  /// - any other language model with a chat template and the tokens "+" and "-": RLHFlow's dialogue.
  ///
  /// The last also holds for models that are no reward models; nothing in a checkpoint tells them apart.
  public static func detected(for model: any ScoringModel) throws(VerifierError) -> any ProcessRewardFormat {
    func spells(_ text: String) -> Bool { (try? model.token(spelling: text)) != nil }
    func unknown(_ reason: String) -> VerifierError { .unknownFormat(model: model.description.name, reason: reason) }
    switch model.description.head {
    case .value: return .skywork
    case .token(outputs: 2):
      guard spells("<extra_0>") else {
        throw unknown("it classifies tokens, but has no '<extra_0>' to end steps with; name the format")
      }
      return .qwenMath
    case .token(let outputs): throw unknown("its head has \(outputs) classes for a token; name the format")
    case .sequence: throw unknown("its head judges whole sequences: it is an outcome reward model")
    case nil:
      guard model.description.capabilities.contains(.tokenScores) else { throw unknown("it gives no logits") }
      let hasTemplate = (try? model.encode(.prompt(.chat("?")))) != nil
      guard spells("+"), spells("-") else { throw unknown("'+' and '-' are no tokens of it") }
      if hasTemplate { return .rlhFlow }
      guard spells("ки") else { throw unknown("it has neither a chat template nor the token 'ки'") }
      return .mathShepherd
    }
  }
}

/// Reward models of either kind, made from whatever checkpoint there is.
public enum RewardModel {
  /// The verifier that a model is: an outcome reward model if its head judges sequences, otherwise a process reward
  /// model with its step scores reduced.
  ///
  /// - Parameters:
  ///   - model: Any reward model.
  ///   - format: The format of a process reward model; `nil` finds it out, see ``ProcessRewardFormats/detected(for:)``.
  ///   - reduction: Makes one score of the steps' scores.
  public static func verifier(
    over model: any ScoringModel, format: (any ProcessRewardFormat)? = nil, reduction: StepScoreReduction = .last
  ) throws(VerifierError) -> any Verifier {
    if format == nil, case .sequence = model.description.head { return try OutcomeRewardModel(model) }
    return try LearnedProcessRewardModel(model, format: format).reduced(reduction)
  }
}
