import PonderGeneration

/// One strategy after another: ``Strategy/then(_:on:)``.
public struct Then<First: Strategy, Second: Strategy>: Strategy {
  /// Runs first.
  public let first: First
  /// Runs on what the first came to.
  public let second: Second
  let problem: @Sendable (Problem, Outcome) -> Problem

  /// `sample.then`
  public var label: String { first.label + ".then" }

  /// As both.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    try first.validate(for: model)
    try second.validate(for: model)
  }

  /// The candidates of both, and what the second selected, or the first if the second selected none.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let outcome = await first.run(problem, in: context)
    if outcome.stop == .cancelled { return outcome }
    var next = await second.run(self.problem(problem, outcome).withoutReference, in: context.stage(label))
    next.candidates = outcome.candidates + next.candidates
    next.selected = next.selected ?? outcome.selected
    next.stop = outcome.stop.followed(by: next.stop)
    return next
  }
}

/// A strategy on another form of the problem: ``Strategy/mapProblem(_:)``.
public struct MappedProblem<Base: Strategy>: Strategy {
  /// Works on the mapped problem.
  public let base: Base
  let map: @Sendable (Problem) -> Problem

  /// The base's.
  public var label: String { base.label }

  /// As the base.
  public func validate(for model: ModelDescription) throws(StrategyError) { try base.validate(for: model) }

  /// The base's outcome on the mapped problem.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    await base.run(map(problem).withoutReference, in: context)
  }
}

extension Strategy {
  /// Runs another strategy afterwards, on the problem that `problem` makes of this one's outcome.
  ///
  /// Without `problem` it works on the same problem, and its candidates join the first's: a pool made in two ways.
  public func then<Next: Strategy>(
    _ next: Next, on problem: @escaping @Sendable (Problem, Outcome) -> Problem = { problem, _ in problem }
  ) -> Then<Self, Next> {
    Then(first: self, second: next, problem: problem)
  }

  /// Has the strategy work on another form of the problem: rephrased, translated, with hints.
  public func mapProblem(_ map: @escaping @Sendable (Problem) -> Problem) -> MappedProblem<Self> {
    MappedProblem(base: self, map: map)
  }
}
