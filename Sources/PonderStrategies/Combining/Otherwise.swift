import PonderGeneration

/// A strategy with a second selector for when its own could not choose: ``Strategy/otherwise(_:)-(Selector)``.
public struct OtherwiseSelected<Base: Strategy>: Strategy {
  /// Tried first.
  public let base: Base
  /// Chooses among the base's candidates if the base selected none.
  public let selector: any Selector

  /// `sample.selected.otherwise`
  public var label: String { base.label + ".otherwise" }

  /// As the base.
  public func validate(for model: ModelDescription) throws(StrategyError) { try base.validate(for: model) }

  /// The base's outcome, with the selector's choice if it had none.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    var outcome = await base.run(problem, in: context)
    if outcome.selected == nil { outcome.choose(by: selector, in: context.stage(label)) }
    return outcome
  }
}

/// A strategy with another for when it selected nothing: ``Strategy/otherwise(_:)-(Strategy)``.
public struct OtherwiseRun<Base: Strategy, Fallback: Strategy>: Strategy {
  /// Tried first.
  public let base: Base
  /// Runs if the base selected nothing.
  public let fallback: Fallback

  /// `sample.selected.otherwise`
  public var label: String { base.label + ".otherwise" }

  /// As both.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    try base.validate(for: model)
    try fallback.validate(for: model)
  }

  /// The base's outcome, or the fallback's behind the base's candidates.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let outcome = await base.run(problem, in: context)
    if outcome.selected != nil || outcome.stop == .cancelled { return outcome }
    var second = await fallback.run(problem, in: context.stage(label))
    second.candidates = outcome.candidates + second.candidates
    return second
  }
}

extension Strategy {
  /// Has another selector choose when nothing was selected: no score, no readable answer, a verifier that failed.
  public func otherwise(_ selector: some Selector) -> OtherwiseSelected<Self> {
    OtherwiseSelected(base: self, selector: selector)
  }

  /// Runs another strategy when nothing was selected.
  public func otherwise<Fallback: Strategy>(_ fallback: Fallback) -> OtherwiseRun<Self, Fallback> {
    OtherwiseRun(base: self, fallback: fallback)
  }
}
