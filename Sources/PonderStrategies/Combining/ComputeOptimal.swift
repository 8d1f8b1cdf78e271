import PonderGeneration

/// Compute-optimal scaling: how hard a problem is decides how its budget is spent. Snell et al. 2024 (arXiv:2408.03314) §3.
///
/// A few pilot samples are drawn and scored; the mean score of their answers predicts the difficulty; a fitted table names
/// the strategy for that difficulty and budget; it gets what the pilot left of the budget. Differs from the paper, where the
/// difficulty comes for free: the pilot is charged, and its samples are candidates beside the strategy's.
///
/// ```swift
/// ComputeOptimal(
///   tokens: 4096, pilot: Sample(4), scoredBy: verifier, table: table,
///   choosing: ["beam": BeamSearch(16, guidedBy: rewardModel), "chains": RevisionChains(4, length: 4)],
///   selectedBy: .weightedVote(of: .boxedAnswer))
/// ```
public struct ComputeOptimal: Strategy {
  /// The whole budget in generated tokens, ≥ 1.
  public let tokens: Int
  /// The samples from which the difficulty is predicted.
  public let pilot: Sample
  /// Scores the pilot's answers, and those of the strategy's that come without a score.
  public let verifier: any Verifier
  /// Names a strategy for a difficulty and a budget.
  public let table: ComputeOptimalTable
  /// What the names stand for.
  public let registry: StrategyRegistry
  /// Chooses among the pilot's and the strategy's candidates.
  public let selector: any Selector

  /// Makes the strategy. The names in the table must be in the registry.
  public init(
    tokens: Int, pilot: Sample = Sample(4), scoredBy verifier: some Verifier, table: ComputeOptimalTable,
    choosing registry: StrategyRegistry, selectedBy selector: some Selector = BestOfN()
  ) {
    self.tokens = tokens
    self.pilot = pilot
    self.verifier = verifier
    self.table = table
    self.registry = registry
    self.selector = selector
  }

  /// `compute-optimal`
  public var label: String { "compute-optimal" }
  /// Its own numbers and the strategies'.
  public var fingerprint: String {
    "ComputeOptimal(\(tokens), \(pilot), \(verifier), \(table), [\(registry.fingerprint)], \(selector))"
  }

  /// As pilot, verifier and all strategies. Throws for a budget below 1 and a name in the table that stands for nothing.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard tokens >= 1 else { throw .invalidConfiguration("ComputeOptimal: tokens is \(tokens), must be ≥ 1") }
    for name in table.names where registry[name] == nil {
      throw .invalidConfiguration("ComputeOptimal: the table names \(name), the registry has \(registry.names)")
    }
    if registry["pilot"] != nil {
      throw .invalidConfiguration("ComputeOptimal: the pilot alone may be called pilot")
    }
    try pilot.validate(for: model)
    try verifier.validate(for: model)
    try registry.validate(for: model)
  }

  /// The pilot's candidates, then the strategy's. When the pilot ends the run (no budget, no score at all) they are the
  /// pilot's alone.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    let (outcome, _) = await stage.limited(to: .tokens(tokens)) { stage in
      var outcome = await pilot.scored(by: verifier).run(problem, in: stage.stage("pilot"))
      guard outcome.stop == .finished, let score = Self.meanScore(of: outcome.candidates) else { return outcome }
      let name = table.choice(forMeanScore: score, budget: tokens)
      guard let strategy = registry[name] else { return outcome }
      stage.emit(.note("mean score \(score), bin \(table.bin(ofMeanScore: score)): \(name)"))
      let chosen = await strategy.run(problem, in: stage.stage(name))
      let first = outcome.candidates.count
      outcome.candidates += chosen.candidates
      outcome.stop = chosen.stop
      await scoreTheRest(of: &outcome, from: first, of: problem, in: stage)
      return outcome
    }
    var chosen = outcome
    chosen.choose(by: selector, in: stage)
    return chosen
  }

  /// The pilot's candidates of an outcome.
  public static func pilot(of outcome: Outcome) -> [Candidate] {
    outcome.candidates.filter { $0.id.path.components.dropLast().last == .label("pilot") }
  }

  /// The predicted difficulty: the mean score of the answers that came to their end, or of all if none did; `nil` without
  /// any score.
  public static func meanScore(of pilot: [Candidate]) -> Double? {
    let scores = pilot.eligible.compactMap(\.score)
    return scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  private func scoreTheRest(
    of outcome: inout Outcome, from first: Int, of problem: Problem, in stage: RunContext
  ) async {
    let places = outcome.candidates.indices[first...].filter {
      outcome.candidates[$0].isComplete && outcome.candidates[$0].score == nil
    }
    let verdicts = await stage.verify(places.map { outcome.candidates[$0] }, of: problem, by: verifier)
    for (place, verdict) in zip(places, verdicts) {
      let id = outcome.candidates[place].id
      switch verdict {
      case .success(let verdict):
        outcome.candidates[place].accept(verdict)
        stage.emit(.scored(id: id, score: verdict.score))
      case .failure(let failure):
        stage.emit(.failed(id: id, failure))
        if Stop(failure) != .failed(failure) { outcome.stop = outcome.stop.followed(by: Stop(failure)) }
      }
    }
  }
}
