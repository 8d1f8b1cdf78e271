import Foundation
import PonderGeneration

extension RunContext {
  /// The verdicts of a verifier on candidates, checked, charged, journaled; one result for each, in order.
  ///
  /// A score outside [0, 1], or none at all, is an error that names the verifier.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, by verifier: any Verifier
  ) async -> [Result<Verdict, StrategyFailure>] {
    let context = acting(as: .verifier)
    let results = await context.journaled(candidates, caller: verifier.name) { context in
      await verifier.verify(candidates, of: problem, in: context).map { result in
        (result, (try? result.get())?.usage ?? Usage())
      }
    }
    return candidates.indices.map { index in
      guard index < results.count else {
        return .failure(.verifier(name: verifier.name, reason: "gave \(results.count) of \(candidates.count) verdicts"))
      }
      return results[index].flatMap { verdict in
        for score in [verdict.score] + (verdict.stepScores ?? []) where !(score >= 0 && score <= 1) {
          return .failure(.invalidScore(verifier: verifier.name, score: "\(score)"))
        }
        return .success(verdict)
      }
    }
  }

  /// The scores of the steps that have none, checked, charged, journaled; one result for each candidate, in order.
  public func scoreSteps(
    of candidates: [Candidate], of problem: Problem, by model: any ProcessRewardModel
  ) async -> [Result<[Double], StrategyFailure>] {
    let context = acting(as: .verifier)
    let results = await context.journaled(candidates, caller: model.name) { context in
      await model.score(candidates, of: problem, in: context).map { ($0, Usage()) }
    }
    return candidates.indices.map { index in
      guard index < results.count else {
        return .failure(.verifier(name: model.name, reason: "gave \(results.count) of \(candidates.count) results"))
      }
      let missing = candidates[index].steps.count { $0.score == nil }
      return results[index].flatMap { scores in
        for score in scores where !(score >= 0 && score <= 1) {
          return .failure(.invalidScore(verifier: model.name, score: "\(score)"))
        }
        guard scores.count == missing else {
          return .failure(.verifier(name: model.name, reason: "gave \(scores.count) scores for \(missing) steps"))
        }
        return .success(scores)
      }
    }
  }

  /// The critiques of candidates, charged, journaled; one result for each, in order.
  public func critique(
    _ candidates: [Candidate], of problem: Problem, by critic: any Critic
  ) async -> [Result<Critique, StrategyFailure>] {
    let results = await journaled(candidates, caller: critic.name) { context in
      await critic.critique(candidates, of: problem, in: context).map { ($0, Usage()) }
    }
    return candidates.indices.map { index in
      index < results.count
        ? results[index]
        : .failure(.critic(name: critic.name, reason: "gave \(results.count) of \(candidates.count) critiques"))
    }
  }

  /// Runs a batch call of a verifier or critic.
  ///
  /// One that makes its calls through the context is run again when a run is resumed: its calls are in the journal. One
  /// that works by itself (a closure, a program check, a service of its own) is journaled as a whole.
  private func journaled<Value: Codable & Sendable>(
    _ candidates: [Candidate], caller: String,
    _ body: (RunContext) async -> [(Result<Value, StrategyFailure>, Usage)]
  ) async -> [Result<Value, StrategyFailure>] {
    guard !candidates.isEmpty else { return [] }
    let sequence = counter.next()
    var digest = Digest()
    digest.add(caller)
    for candidate in candidates { digest.add(candidate) }
    if let record = run.journal.answer(path: path, sequence: sequence, digest: digest.value),
      case .verdicts(let text, let usage) = record.answer,
      let values = try? Wire.decoder.decode([Judged<Value>].self, from: Data(text.utf8))
    {
      run.log.append(Event(path: path, sequence: sequence, kind: .called(record)))
      chargeOutsideCalls(usage)
      return values.map(\.result)
    }
    let callsBefore = account.calls
    let answers = await body(self)
    let usage = answers.reduce(Usage()) { $0 + $1.1 }
    let results = answers.map(\.0)
    chargeOutsideCalls(usage)
    let isWhole = !results.contains { if case .failure(.cancelled) = $0 { true } else { false } }
    if account.calls == callsBefore, isWhole, let data = try? Wire.encoder.encode(results.map { Judged($0) }) {
      let answer = CallRecord.Answer.verdicts(String(decoding: data, as: UTF8.self), usage)
      run.log.append(
        Event(path: path, sequence: sequence, kind: .called(CallRecord(digest: digest.value, answer: answer))))
    }
    return results
  }
}

/// A result as it is journaled.
private struct Judged<Value: Codable & Sendable>: Codable {
  var value: Value?
  var failure: StrategyFailure?

  init(_ result: Result<Value, StrategyFailure>) {
    switch result {
    case .success(let value): self.value = value
    case .failure(let failure): self.failure = failure
    }
  }

  var result: Result<Value, StrategyFailure> {
    if let value { return .success(value) }
    return .failure(failure ?? .other("the journal holds neither value nor failure"))
  }
}
