import PonderGeneration

/// AB-MCTS over whole answers; see ``AdaptiveBranchingPolicy``.
public typealias AdaptiveBranchingSearch = AnswerSearch<AdaptiveBranchingPolicy>
/// AB-MCTS over reasoning steps; see ``AdaptiveBranchingPolicy``.
///
/// The paper's nodes are whole answers. Scores of steps need not rise from step to step, so one bad draw behind the first steps
/// can have the search dwell on trying first steps; a beam, or the search over answers, is the safer choice.
public typealias AdaptiveBranchingStepSearch = StepSearch<AdaptiveBranchingPolicy>

extension AnswerSearch where Policy == AdaptiveBranchingPolicy {
  /// A search that answers anew or refines an answer, whichever promises more.
  ///
  /// - Parameters:
  ///   - answers: ≥ 1 answers to write in all.
  ///   - verifier: Scores them.
  ///   - critic: Says what is wrong with an answer before it is refined; the paper's tasks have such feedback.
  ///   - prior: What is believed of scores at first: the paper's Gaussian or Beta model.
  ///   - batch: ≥ 1 answers written at a time, on the same knowledge. The paper's is 1.
  ///   - maximumDepth: ≥ 1: a first answer has depth 1, its revision depth 2.
  public init(
    _ answers: Int, scoredBy verifier: some Verifier, criticizedBy critic: (any Critic)? = nil,
    prior: ScorePosterior.Prior = .gaussian(), batch: Int = 1, maximumDepth: Int = .max,
    format: RevisionFormat = RevisionFormat(), sampling: SamplingParameters = SamplingParameters(),
    maximumTokens: Int = 2048
  ) {
    let policy = AdaptiveBranchingPolicy(
      expansions: answers, prior: prior, batch: batch, maximumDepth: maximumDepth)
    self.init(
      label: "ab-mcts", policy: policy, verifier: verifier, critic: critic, format: format, sampling: sampling,
      maximumTokens: maximumTokens, defect: policy.defect)
  }
}

extension StepSearch where Policy == AdaptiveBranchingPolicy {
  /// A search that tries another step or goes on from one that is there, whichever promises more.
  ///
  /// - Parameters:
  ///   - expansions: ≥ 1 steps to sample in all.
  ///   - prior: What is believed of scores at first.
  ///   - batch: ≥ 1 steps sampled at a time, on the same knowledge. The paper's is 1.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    expansions: Int, prior: ScorePosterior.Prior = .gaussian(), batch: Int = 1,
    guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    let policy = AdaptiveBranchingPolicy(
      expansions: expansions, prior: prior, batch: batch, maximumDepth: maximumSteps)
    self.init(
      label: "ab-mcts", policy: policy, rewardModel: rewardModel, settings: settings, defect: policy.defect)
  }
}

extension AdaptiveBranchingPolicy {
  /// What is wrong with the configuration, if anything.
  var defect: String? {
    if expansions < 1 || batch < 1 || maximumDepth < 1 {
      return "\(expansions) expansions, batch \(batch) and depth \(maximumDepth) must be ≥ 1"
    }
    return prior.isValid ? nil : "the prior \(prior) must have finite parameters, positive but for the mean"
  }
}
