import PonderGeneration

/// A strategy whose candidates a verifier scores: ``Strategy/scored(by:)``.
public struct Scored<Base: Strategy>: Strategy {
  /// Makes the candidates.
  public let base: Base
  /// Scores them.
  public let verifier: any Verifier

  /// `sample.scored`
  public var label: String { base.label + ".scored" }

  /// As base and verifier.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    try base.validate(for: model)
    try verifier.validate(for: model)
  }

  /// The base's candidates with scores. Candidates that could not win (see ``Candidate/isComplete``) cost no verdict.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    var outcome = await base.run(problem, in: context)
    let stage = context.stage(label)
    let isAnyComplete = outcome.candidates.contains(where: \.isComplete)
    let places = outcome.candidates.indices.filter { outcome.candidates[$0].isComplete || !isAnyComplete }
    let verdicts = await stage.verify(places.map { outcome.candidates[$0] }, of: problem, by: verifier)
    var failure: StrategyFailure?
    var succeeded = false
    for (place, verdict) in zip(places, verdicts) {
      let id = outcome.candidates[place].id
      switch verdict {
      case .success(let verdict):
        succeeded = true
        outcome.candidates[place].accept(verdict)
        stage.emit(.scored(id: id, score: verdict.score))
      case .failure(let reason):
        failure = failure ?? reason
        stage.emit(.failed(id: id, reason))
      }
    }
    if let selected = outcome.selected {
      outcome.selected = outcome.candidates.first { $0.id == selected.id }
    }
    if let failure, !succeeded || Stop(failure) != .failed(failure) {
      outcome.stop = outcome.stop.followed(by: Stop(failure))
    }
    return outcome
  }
}

extension Candidate {
  /// Takes over a verdict's score and step scores.
  mutating func accept(_ verdict: Verdict) {
    score = verdict.score
    guard let scores = verdict.stepScores, scores.count == stepTrail.count else { return }
    steps = zip(steps, scores).map { Step($0.text, score: $1) }
  }
}

extension Strategy {
  /// Has a verifier score the candidates.
  public func scored(by verifier: some Verifier) -> Scored<Self> { Scored(base: self, verifier: verifier) }
}
