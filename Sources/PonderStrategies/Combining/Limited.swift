import PonderGeneration

/// A strategy under a budget: ``Strategy/limited(to:)``.
public struct Limited<Base: Strategy>: Strategy {
  /// Spends.
  public let base: Base
  /// At most this.
  public let budget: Budget

  /// The base's: a limit has no stage of its own.
  public var label: String { base.label + ".limited" }

  /// As the base. Throws for a negative limit, and for a FLOP budget on a model without a parameter count.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    try budget.validate()
    if budget.flops != nil, model.parameterCount == 0 {
      throw .invalidConfiguration("a budget of FLOPs needs the parameter count of model \(model.name)")
    }
    try base.validate(for: model)
  }

  /// The base's outcome within the budget. One that ran out says so in its stop and keeps what was paid for.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let (outcome, spent) = await context.limited(to: budget) { await base.run(problem, in: $0) }
    context.stage(label).emit(.budget(limit: budget, spent: spent))
    return outcome
  }
}

extension Strategy {
  /// Limits what the strategy may spend. Limits nest; the tightest holds.
  public func limited(to budget: Budget) -> Limited<Self> { Limited(base: self, budget: budget) }
}
