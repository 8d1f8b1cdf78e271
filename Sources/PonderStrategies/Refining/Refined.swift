import PonderGeneration

/// A strategy whose choice is revised by feedback:
/// ``Strategy/refined(by:acceptedBy:rounds:format:sampling:maximumTokens:)``.
///
/// Self-Refine (Madaan et al. 2023, arXiv:2303.17651): draft, feedback, revision, with the last attempts in the prompt
/// (four, as in Snell et al. 2024 §6, unless the format says otherwise). Differs: a revision replaces its predecessor only
/// when the verifier scores it higher, because a revision model turns many right answers wrong (about 38 % in Snell et al.).
public struct Refined<Base: Strategy>: Strategy {
  /// Makes the draft: what it selects is revised.
  public let base: Base
  /// Says what is wrong.
  public let critic: any Critic
  /// Compares a revision with its predecessor.
  public let verifier: any Verifier
  /// Revisions at most, ≥ 0.
  public let rounds: Int
  /// How revisions are asked for, and how many attempts they see.
  public let format: RevisionFormat
  /// How tokens of revisions are chosen.
  public let sampling: SamplingParameters
  /// Tokens of a revision at most, ≥ 1.
  public let maximumTokens: Int

  /// `sample.selected.refined`
  public var label: String { base.label + ".refined" }

  /// As base, critic and verifier. Throws for negative rounds.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard rounds >= 0, maximumTokens >= 1 else {
      throw .invalidConfiguration("refined: rounds is \(rounds), must be ≥ 0; maximumTokens \(maximumTokens), ≥ 1")
    }
    try format.validate(for: "refined")
    try base.validate(for: model)
    try critic.validate(for: model)
    try verifier.validate(for: model)
  }

  /// The base's outcome with the revisions behind its candidates; the best by the verifier is selected.
  ///
  /// The base leaves enough of the limits around it for one revision's tokens a round.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let reserve = Spending(tokens: rounds * maximumTokens, samples: 2 * rounds)
    var (outcome, _) = await context.limited(to: .unlimited, leaving: reserve) {
      await base.run(problem, in: $0)
    }
    guard let draft = outcome.selected, outcome.stop != .cancelled else { return outcome }
    let stage = context.stage(label)
    var best = draft
    if best.score == nil {
      guard let scored = await score(best, of: problem, in: stage, &outcome) else { return outcome }
      best = scored
    }
    var attempts: [RevisionFormat.Attempt] = []
    for round in 0..<rounds {
      let round = stage.stage("round-\(round)")
      let critique = await round.critique([best], of: problem, by: critic)[0]
      guard case .success(let critique) = critique else {
        if case .failure(let failure) = critique { note(failure, best.id, round, &outcome) }
        break
      }
      if critique.isApproval { break }
      attempts.append(.init(best.text, feedback: critique.feedback))
      let request = GenerationRequest(
        format.prompt(for: problem, behind: attempts, in: round), sampling: sampling, maximumTokens: maximumTokens,
        seed: round.seed.derived("revision"))
      let id = Candidate.ID(path: round.path, number: 0)
      switch await round.generate(request) {
      case .failure(let failure):
        note(failure, id, round, &outcome)
        return finish(outcome, best)
      case .success(let generated):
        let revision = Candidate(id: id, parent: best.id, generated)
        round.emit(.candidate(id: id, parent: best.id, text: revision.text, ending: revision.ending))
        if revision.ending == .budget { outcome.stop = outcome.stop.followed(by: .outOfBudget(.tokens)) }
        if revision.ending == .cancelled { outcome.stop = outcome.stop.followed(by: Stop(round.interruption)) }
        guard let scored = await score(revision, of: problem, in: round, &outcome) else {
          outcome.candidates.append(revision)
          return finish(outcome, best)
        }
        outcome.candidates.append(scored)
        let isAccepted = scored.isComplete && (scored.score ?? 0) > (best.score ?? 0)
        round.emit(.revised(id: id, from: best.id, isAccepted: isAccepted))
        if isAccepted { best = scored }
      }
    }
    return finish(outcome, best)
  }

  private func finish(_ outcome: Outcome, _ best: Candidate) -> Outcome {
    var outcome = outcome
    outcome.selected = best
    if let place = outcome.candidates.firstIndex(where: { $0.id == best.id }) { outcome.candidates[place] = best }
    return outcome
  }

  private func score(
    _ candidate: Candidate, of problem: Problem, in stage: RunContext, _ outcome: inout Outcome
  ) async -> Candidate? {
    switch await stage.verify([candidate], of: problem, by: verifier)[0] {
    case .success(let verdict):
      var candidate = candidate
      candidate.accept(verdict)
      stage.emit(.scored(id: candidate.id, score: verdict.score))
      return candidate
    case .failure(let failure):
      note(failure, candidate.id, stage, &outcome)
      return nil
    }
  }

  private func note(_ failure: StrategyFailure, _ id: Candidate.ID, _ stage: RunContext, _ outcome: inout Outcome) {
    stage.emit(.failed(id: id, failure))
    outcome.stop = outcome.stop.followed(by: Stop(failure))
  }
}

extension Strategy {
  /// Revises what is selected by a critic's feedback; a revision is accepted only when the verifier scores it higher.
  ///
  /// - Parameters:
  ///   - rounds: Revisions at most, ≥ 0.
  ///   - maximumTokens: Tokens of a revision at most, ≥ 1; so many a round are left to it by the stages before.
  public func refined(
    by critic: some Critic, acceptedBy verifier: some Verifier, rounds: Int = 1,
    format: RevisionFormat = RevisionFormat(), sampling: SamplingParameters = SamplingParameters(),
    maximumTokens: Int = 2048
  ) -> Refined<Self> {
    Refined(
      base: self, critic: critic, verifier: verifier, rounds: rounds, format: format, sampling: sampling,
      maximumTokens: maximumTokens)
  }
}
