import PonderGeneration

/// Beam search over reasoning steps; see ``BeamPolicy``.
public typealias BeamSearch = StepSearch<BeamPolicy>
/// Diverse verifier tree search; see ``DiverseTreePolicy``.
public typealias DiverseTreeSearch = StepSearch<DiverseTreePolicy>
/// REBASE; see ``RewardBalancedPolicy``.
public typealias RewardBalancedSearch = StepSearch<RewardBalancedPolicy>
/// Particle filtering; see ``ParticlePolicy``.
public typealias ParticleFilter = StepSearch<ParticlePolicy>

extension StepSearch where Policy == BeamPolicy {
  /// A beam search.
  ///
  /// - Parameters:
  ///   - width: N, a multiple of `branching`.
  ///   - branching: M ≥ 1: of the open paths the best N/M stay and get M children each.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    _ width: Int, branching: Int = 4, guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    self.init(
      label: "beam", policy: BeamPolicy(width: width, branching: branching, maximumSteps: maximumSteps),
      rewardModel: rewardModel, settings: settings,
      defect: Self.defect(width: width, branching: branching, maximumSteps: maximumSteps))
  }
}

extension StepSearch where Policy == DiverseTreePolicy {
  /// A diverse verifier tree search of `width / branching` subtrees.
  ///
  /// - Parameters:
  ///   - width: N, a multiple of `branching`.
  ///   - branching: M ≥ 1: each subtree samples M next steps and keeps the best.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    _ width: Int, branching: Int = 4, guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    self.init(
      label: "dvts",
      policy: DiverseTreePolicy(
        subtrees: width / max(branching, 1), branching: branching, maximumSteps: maximumSteps),
      rewardModel: rewardModel, settings: settings,
      defect: Self.defect(width: width, branching: branching, maximumSteps: maximumSteps))
  }
}

extension StepSearch where Policy == RewardBalancedPolicy {
  /// A reward-balanced search.
  ///
  /// - Parameters:
  ///   - width: B ≥ 1, the paths at a time.
  ///   - temperature: T_b > 0.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    _ width: Int, temperature: Double = 0.2, guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    self.init(
      label: "rebase",
      policy: RewardBalancedPolicy(width: width, temperature: temperature, maximumSteps: maximumSteps),
      rewardModel: rewardModel, settings: settings,
      defect: temperature > 0
        ? Self.defect(width: width, branching: 1, maximumSteps: maximumSteps)
        : "temperature is \(temperature), must be > 0")
  }
}

extension StepSearch where Policy == ParticlePolicy {
  /// A particle filter.
  ///
  /// - Parameters:
  ///   - count: N ≥ 1 particles.
  ///   - resampling: How particles are drawn.
  ///   - effectiveFraction: In (0, 1]: draw only when the effective sample size falls below this fraction of N.
  ///   - temperature: The softmax temperature from the first step (upper bound) to the last (lower bound), > 0.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    _ count: Int, resampling: ParticlePolicy.Resampling = .systematic, effectiveFraction: Double = 1,
    temperature: ClosedRange<Double> = 1...1, guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    var defect = Self.defect(width: count, branching: 1, maximumSteps: maximumSteps)
    if !(temperature.lowerBound > 0) { defect = "temperature is \(temperature), must be > 0" }
    if !(effectiveFraction > 0 && effectiveFraction <= 1) {
      defect = "effectiveFraction is \(effectiveFraction), must be in (0, 1]"
    }
    self.init(
      label: "particles",
      policy: ParticlePolicy(
        count: count, resampling: resampling, effectiveFraction: effectiveFraction, temperature: temperature,
        maximumSteps: maximumSteps),
      rewardModel: rewardModel, settings: settings, defect: defect)
  }
}

extension StepSearch {
  fileprivate static func defect(width: Int, branching: Int, maximumSteps: Int) -> String? {
    if width < 1 || branching < 1 { return "width \(width) and branching \(branching) must be ≥ 1" }
    if width % branching != 0 { return "width \(width) is not a multiple of branching \(branching)" }
    return maximumSteps < 1 ? "maximumSteps is \(maximumSteps), must be ≥ 1" : nil
  }
}
