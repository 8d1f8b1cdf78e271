import PonderGeneration

extension RunContext {
  /// The verdicts of a verifier on candidates, checked, charged, journaled; one result for each, in order.
  ///
  /// A score outside [0, 1], or none at all, is an error that names the verifier.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, by verifier: any Verifier
  ) async -> [Result<Verdict, StrategyFailure>] {
    let context = acting(as: .verifier)
    return await context.journaled(candidates, as: .verdicts, caller: verifier.name) { context in
      let results = await verifier.verify(candidates, of: problem, in: context)
      let usage = results.reduce(Usage()) { $0 + ((try? $1.get())?.usage ?? Usage()) }
      return (
        candidates.indices.map { index in
          guard index < results.count else {
            return .failure(
              .verifier(name: verifier.name, reason: "gave \(results.count) of \(candidates.count) verdicts"))
          }
          return results[index].flatMap { verdict in
            let scores = [verdict.score] + (verdict.stepScores ?? [])
            if let defect = Self.defect(in: scores, of: verifier.name) { return .failure(defect) }
            return .success(verdict)
          }
        }, usage
      )
    }
  }

  /// The scores of the steps that have none, checked, charged, journaled; one result for each candidate, in order.
  public func scoreSteps(
    of candidates: [Candidate], of problem: Problem, by model: any ProcessRewardModel
  ) async -> [Result<[Double], StrategyFailure>] {
    let context = acting(as: .verifier)
    return await context.journaled(candidates, as: .stepScores, caller: model.name) { context in
      let results = await model.score(candidates, of: problem, in: context)
      return (
        candidates.indices.map { index in
          guard index < results.count else {
            return .failure(
              .verifier(name: model.name, reason: "gave \(results.count) of \(candidates.count) results"))
          }
          let missing = candidates[index].stepTrail.countAtEnd { $0.score == nil }
          return results[index].flatMap { scores in
            if let defect = Self.defect(in: scores, of: model.name) { return .failure(defect) }
            guard scores.count == missing else {
              return .failure(.verifier(name: model.name, reason: "gave \(scores.count) scores for \(missing) steps"))
            }
            return .success(scores)
          }
        }, Usage()
      )
    }
  }

  /// The critiques of candidates, charged, journaled; one result for each, in order.
  public func critique(
    _ candidates: [Candidate], of problem: Problem, by critic: any Critic
  ) async -> [Result<Critique, StrategyFailure>] {
    await journaled(candidates, as: .critiques, caller: critic.name) { context in
      let results = await critic.critique(candidates, of: problem, in: context)
      return (
        candidates.indices.map { index in
          index < results.count
            ? results[index]
            : .failure(.critic(name: critic.name, reason: "gave \(results.count) of \(candidates.count) critiques"))
        }, Usage()
      )
    }
  }

  /// What is wrong with scores that are to be in [0, 1].
  private static func defect(in scores: [Double], of name: String) -> StrategyFailure? {
    scores.first { !($0 >= 0 && $0 <= 1) }.map { .invalidScore(verifier: name, score: "\($0)") }
  }

  /// Runs a batch call of a verifier or critic.
  ///
  /// One that makes its calls through the context, or asks others through it, is run again when a run is resumed: what
  /// they answered is in the journal. One that works by itself (a closure, a program check, a service of its own) is journaled as a whole.
  private func journaled<Value>(
    _ candidates: [Candidate], as kind: JudgementKind<Value>, caller: String,
    _ body: (RunContext) async -> ([Result<Value, StrategyFailure>], Usage)
  ) async -> [Result<Value, StrategyFailure>] {
    guard !candidates.isEmpty else { return [] }
    let sequence = counter.next()
    var digest = Digest()
    digest.add(caller)
    for candidate in candidates { digest.add(candidate) }
    if let record = run.journal.answer(path: path, sequence: sequence, digest: digest.value),
      let (judgements, usage) = kind.read(record.answer)
    {
      settle(record, usage, sequence)
      return judgements.map(\.result)
    }
    let callsBefore = account.calls
    let (results, usage) = await body(self)
    let isWhole = !results.contains { if case .failure(.cancelled) = $0 { true } else { false } }
    if account.calls == callsBefore, isWhole {
      let answer = kind.answer(results.map { CallRecord.Judgement($0) }, usage)
      settle(CallRecord(digest: digest.value, answer: answer), usage, sequence)
    } else if usage != Usage() {
      settle(CallRecord(digest: digest.value, answer: .elsewhere(usage)), usage, sequence)
    }
    return results
  }

  /// Charges what a verifier or critic spent apart from calls through the context, and says so.
  private func settle(_ record: CallRecord, _ usage: Usage, _ sequence: Int) {
    var record = record
    record.charged = chargeOutsideCalls(usage)
    run.log.append(Event(path: path, sequence: sequence, kind: .called(record)))
  }
}

/// How one kind of judgements becomes a record's answer, and how it is read back.
private struct JudgementKind<Value: Sendable & Hashable & Codable> {
  let answer: ([CallRecord.Judgement<Value>], Usage) -> CallRecord.Answer
  let read: (CallRecord.Answer) -> ([CallRecord.Judgement<Value>], Usage)?
}

extension JudgementKind<Verdict> {
  static var verdicts: Self {
    Self(answer: CallRecord.Answer.verdicts) {
      if case .verdicts(let all, let usage) = $0 { (all, usage) } else { nil }
    }
  }
}

extension JudgementKind<[Double]> {
  static var stepScores: Self {
    Self(answer: CallRecord.Answer.stepScores) {
      if case .stepScores(let all, let usage) = $0 { (all, usage) } else { nil }
    }
  }
}

extension JudgementKind<Critique> {
  static var critiques: Self {
    Self(answer: CallRecord.Answer.critiques) {
      if case .critiques(let all, let usage) = $0 { (all, usage) } else { nil }
    }
  }
}
