import PonderAnswers
import PonderGeneration

/// How a search over steps samples, ends and scores.
public struct SearchSettings: Sendable {
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// Tokens of one step at most, ≥ 1.
  public var maximumStepTokens: Int
  /// Tokens of a path at most, ≥ 1.
  public var maximumTokens: Int
  /// What ends a step, kept in its text.
  public var delimiter: String
  /// A path that holds a final answer is finished; `nil` waits for the end of the text.
  public var answer: AnswerConvention?
  /// How step scores become the score of a path.
  public var reduction: StepScoreReduction
  /// k: the score of a step is that of a path k greedy steps further (Snell et al. 2024 §5.2). 0 is off.
  public var lookahead: Int

  /// Makes settings; the defaults are those of search-and-learn, which has no limit for a step of its own.
  public init(
    sampling: SamplingParameters = SamplingParameters(), maximumStepTokens: Int = 2048, maximumTokens: Int = 2048,
    delimiter: String = Step.delimiter, answer: AnswerConvention? = .boxedAnswer,
    reduction: StepScoreReduction = .last, lookahead: Int = 0
  ) {
    self.sampling = sampling
    self.maximumStepTokens = maximumStepTokens
    self.maximumTokens = maximumTokens
    self.delimiter = delimiter
    self.answer = answer
    self.reduction = reduction
    self.lookahead = lookahead
  }
}

/// A search over reasoning steps: a ``TreePolicy`` decides, a process reward model scores, this carries it out.
///
/// Candidates are the finished paths, then those that were left open; by score, so the first is the best. Until a selector
/// chooses, the best finished path is the outcome's.
public struct StepSearch<Policy: TreePolicy>: Strategy {
  /// Names the search in paths: `beam`.
  public let label: String
  /// Decides.
  public let policy: Policy
  /// Scores steps.
  public let rewardModel: any ProcessRewardModel
  /// How steps are sampled.
  public let settings: SearchSettings
  /// Label, policy, reward model and settings, described once: a search is used for many problems.
  public let fingerprint: String
  /// What is wrong with the policy's configuration, if anything.
  let defect: String?

  /// Makes a search with a policy of your own.
  public init(
    label: String, policy: Policy, guidedBy rewardModel: some ProcessRewardModel,
    settings: SearchSettings = SearchSettings()
  ) {
    self.init(label: label, policy: policy, rewardModel: rewardModel, settings: settings, defect: nil)
  }

  init(
    label: String, policy: Policy, rewardModel: any ProcessRewardModel, settings: SearchSettings, defect: String?
  ) {
    self.label = label
    self.policy = policy
    self.rewardModel = rewardModel
    self.settings = settings
    self.defect = defect
    fingerprint = Self.fingerprint("\(Self.self)(\(label), \(policy), \(rewardModel), \(settings))")
  }

  /// Throws for impossible numbers and for a model that cannot go on from where it stopped.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    if let defect { throw .invalidConfiguration("\(label): \(defect)") }
    guard settings.maximumStepTokens >= 1, settings.maximumTokens >= 1, settings.lookahead >= 0 else {
      throw .invalidConfiguration("\(label): token limits must be ≥ 1 and lookahead ≥ 0")
    }
    guard !settings.delimiter.isEmpty else { throw .invalidConfiguration("\(label): the delimiter is empty") }
    do throws(GenerationError) {
      let request = GenerationRequest(
        .chat(""), continuation: Continuation(text: "a"), sampling: settings.sampling, seed: 0)
      try request.validate(for: model)
    } catch {
      throw .unsupported(error)
    }
    try rewardModel.validate(for: model)
  }

  /// Searches until the policy asks for nothing more.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    var policy = policy
    policy.begin(seed: stage.seed.derived("policy"))
    var tree = SearchTree(problem: problem, stage: stage, settings: settings, rewardModel: rewardModel)
    while true {
      let expansions = policy.ask()
      guard !expansions.isEmpty else { break }
      let observations = await tree.grow(expansions)
      let decisions = policy.tell(observations)
      tree.note(decisions)
      if tree.stop != .finished { break }
    }
    return tree.outcome
  }
}

extension StepSearch: CustomStringConvertible {
  /// The ``fingerprint``.
  public var description: String { fingerprint }
}
