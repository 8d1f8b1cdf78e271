import Foundation
import Ponder

/// All strategies on one problem under one seed, with a memory of their own: what a narrower run has in common with a
/// wider one is computed once.
struct ProblemStudy {
  let plan: StudyPlan
  let item: ProblemSet.Item
  let seed: UInt64
  private(set) var records: [StudyRecord] = []
  private let policy: MemoizedLanguageModel
  private let rewardModel: any ProcessRewardModel
  private let grading = Grading(.math)
  private var pilotScore: Double?
  /// Of the pool, for runs that are answered from its memory.
  private var secondsPerOperation = 0.0

  init(plan: StudyPlan, item: ProblemSet.Item, seed: UInt64) throws {
    self.plan = plan
    self.item = item
    self.seed = seed
    policy = MemoizedLanguageModel(plan.models.policy)
    rewardModel = try plan.models.verifier.processRewardModel()
  }

  /// Runs a part of the study; ``records`` holds the results.
  mutating func run(_ part: StudyUnit.Part) async throws {
    switch part {
    case .search: try await everySearch()
    case .revisions(let model): try await everyRevision(by: model)
    case .larger(let model): try await compare(with: model)
    case .judge(let judge): try await judged(by: judge)
    }
  }

  private mutating func everySearch() async throws {
    try await pool()
    try await adaptive()
    try await trees()
    for n in plan.searchSizes {
      try await search(
        "beam", n, BeamSearch(n, branching: StudyPlan.branching, guidedBy: rewardModel, settings: settings))
      try await search("rebase", n, RewardBalancedSearch(n, guidedBy: rewardModel, settings: settings))
      try await search("particles", n, ParticleFilter(n, guidedBy: rewardModel, settings: settings))
    }
  }

  /// One chain, and several side by side.
  private mutating func everyRevision(by model: LocalModel) async throws {
    let pilot = samples(StudyPlan.pilot).scored(by: rewardModel.reduced(.last))
    pilotScore = meanScore(of: try await timed(pilot, on: policy).outcome)
    let reviser = MemoizedLanguageModel(model)
    for n in plan.searchSizes {
      try await revisions("revisions", n, length: n, by: reviser)
      try await revisions("mix", n, length: n >= 16 ? 4 : 2, by: reviser)
    }
  }

  /// Of the first samples: how easy the problem is.
  private func meanScore(of outcome: Outcome) -> Double {
    let scores = outcome.candidates.prefix(StudyPlan.pilot).map { $0.score ?? 0 }
    return scores.isEmpty ? 0 : scores.reduce(0, +) / Double(scores.count)
  }

  private var settings: SearchSettings {
    SearchSettings(sampling: plan.sampling, maximumTokens: plan.maximumTokens)
  }

  private func samples(_ n: Int) -> Sample {
    Sample(n, sampling: plan.sampling, maximumTokens: plan.maximumTokens)
  }

  /// One pool of samples, scored once: majority, best-of-N and weighted best-of-N of each prefix.
  private mutating func pool() async throws {
    let (widest, seconds) = try await timed(samples(plan.widest).scored(by: rewardModel.reduced(.last)), on: policy)
    secondsPerOperation = seconds / max(widest.usage.charged.flops, 1)
    pilotScore = meanScore(of: widest)
    for n in plan.poolSizes {
      var scored = try await timed(samples(n).scored(by: rewardModel.reduced(.last)), on: policy).outcome
      let share = seconds * scored.usage.charged.flops / max(widest.usage.charged.flops, 1)
      scored.selected = BestOfN().select(from: scored.candidates)?.candidate
      add("best-of-n", n, scored, seconds: share)
      scored.selected = AnswerVote(of: .math, weight: .score).select(from: scored.candidates)?.candidate
      add("weighted", n, scored, seconds: share)
      var plain = try await timed(samples(n), on: policy).outcome
      plain.selected = AnswerVote(of: .math).select(from: plain.candidates)?.candidate
      add("majority", n, plain, seconds: seconds * plain.usage.charged.flops / max(widest.usage.charged.flops, 1))
    }
  }

  /// Adaptive consistency at the same limits; it stops early, so its cost says more than its N.
  private mutating func adaptive() async throws {
    for n in plan.poolSizes where n >= StudyPlan.pilot {
      let strategy = AdaptiveSample(
        samples(n), until: .beta(threshold: 0.95), of: .math)
      let outcome = try await timed(strategy, on: policy).outcome
      add("adaptive", n, outcome, seconds: secondsPerOperation * outcome.usage.charged.flops)
    }
  }

  /// Diverse trees, the widest first: a narrower run is the beginning of a wider one.
  private mutating func trees() async throws {
    var rate: Double?
    for n in plan.treeSizes.reversed() {
      let strategy = DiverseTreeSearch(n, branching: StudyPlan.branching, guidedBy: rewardModel, settings: settings)
      let (outcome, seconds) = try await timed(voting(strategy), on: policy)
      let secondsPerOperation = rate ?? seconds / max(outcome.usage.charged.flops, 1)
      rate = secondsPerOperation
      add("dvts", n, outcome, seconds: secondsPerOperation * outcome.usage.charged.flops)
    }
  }

  /// Attempts that see those before them; all attempts of all chains vote with the verifier's scores.
  private mutating func revisions(
    _ name: String, _ n: Int, length: Int, by reviser: MemoizedLanguageModel
  ) async throws {
    let chains = RevisionChains(
      n / length, length: length, format: RevisionFormat(history: StudyPlan.history), sampling: plan.sampling,
      maximumTokens: plan.maximumTokens)
    let strategy = voting(chains.scored(by: rewardModel.reduced(.last)))
    let (outcome, seconds) = try await timed(strategy, on: reviser)
    add(name, n, outcome, seconds: seconds)
  }

  private mutating func search(_ name: String, _ n: Int, _ strategy: some Strategy) async throws {
    let (outcome, seconds) = try await timed(voting(strategy), on: policy)
    add(name, n, outcome, seconds: seconds)
  }

  /// A larger policy, which may not search: greedy, and the majority of its samples.
  private mutating func compare(with model: LocalModel) async throws {
    let memory = MemoizedLanguageModel(model)
    let (greedy, seconds) = try await timed(
      Sample(1, sampling: .greedy, maximumTokens: plan.maximumTokens), on: memory)
    add("greedy", 1, greedy, seconds: seconds, policy: model)
    let (widest, all) = try await timed(samples(plan.widestSearch), on: memory)
    for n in plan.poolSizes where n <= plan.widestSearch {
      var outcome = try await timed(samples(n), on: memory).outcome
      outcome.selected = AnswerVote(of: .math).select(from: outcome.candidates)?.candidate
      let share = all * outcome.usage.charged.flops / max(widest.usage.charged.flops, 1)
      add("majority", n, outcome, seconds: share, policy: model)
    }
  }

  /// The small policy's samples once more, judged by another verifier.
  private mutating func judged(by judge: Judge) async throws {
    let verifier = try judge.verifier()
    func pool(_ n: Int) async throws -> (outcome: Outcome, seconds: Double) {
      let strategy = samples(n).scored(by: verifier)
      return try await timed(strategy, on: policy)
    }
    let (widest, all) = try await pool(plan.widestSearch)
    for n in plan.poolSizes where n <= plan.widestSearch {
      var outcome = try await pool(n).outcome
      let share = all * outcome.usage.charged.flops / max(widest.usage.charged.flops, 1)
      outcome.selected = BestOfN().select(from: outcome.candidates)?.candidate
      add("best-of-n", n, outcome, seconds: share, judge: judge)
      outcome.selected = AnswerVote(of: .math, weight: .score).select(from: outcome.candidates)?.candidate
      add("weighted", n, outcome, seconds: share, judge: judge)
    }
  }

  /// Answers of finished paths vote with their scores.
  private func voting(_ strategy: some Strategy) -> some Strategy { strategy.selected(by: .weightedVote(of: .math)) }

  private func timed(
    _ strategy: some Strategy, on model: any LanguageModel
  ) async throws -> (outcome: Outcome, seconds: Double) {
    let start = ContinuousClock.now
    let outcome = try await strategy.solve(item.problem, on: model, seed: Seed(seed), format: plan.format)
    if case .failed(let failure) = outcome.stop, outcome.candidates.isEmpty { throw failure }
    try Task.checkCancellation()
    let duration = (ContinuousClock.now - start).components
    return (outcome, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
  }

  private mutating func add(
    _ strategy: String, _ n: Int, _ outcome: Outcome, seconds: Double, policy model: LocalModel? = nil,
    judge: Judge? = nil
  ) {
    let policy = (model ?? plan.models.policy).description
    records.append(
      StudyRecord(
        StudyRecord.Method(policy: policy.name, strategy: strategy, n: n, verifier: judge?.name), problem: item,
        seed: seed, outcome: outcome,
        isCorrect: { grading.isCorrect($0.text, reference: item.problem.reference ?? "") },
        verifierParameters: (judge ?? plan.models.verifier).parameterCount, seconds: seconds,
        pilotScore: model == nil && judge == nil ? pilotScore : nil))
  }
}
