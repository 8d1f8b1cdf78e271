import PonderGeneration

/// A strategy whose outcome a selector chooses: ``Strategy/selected(by:)``.
public struct Selected<Base: Strategy>: Strategy {
  /// Makes the candidates.
  public let base: Base
  /// Chooses one.
  public let selector: any Selector

  /// `sample.selected`
  public var label: String { base.label + ".selected" }

  /// As the base.
  public func validate(for model: ModelDescription) throws(StrategyError) { try base.validate(for: model) }

  /// The base's outcome with the selector's choice; nothing is selected when the selector cannot choose.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    var outcome = await base.run(problem, in: context)
    outcome.choose(by: selector, in: context.stage(label))
    return outcome
  }
}

extension Outcome {
  /// Has a selector choose, and says so.
  mutating func choose(by selector: any Selector, in stage: RunContext) {
    let selection = selector.select(from: candidates)
    selected = selection?.candidate
    if let selection { stage.emit(.selected(id: selection.candidate.id, answer: selection.answer)) }
  }
}

extension Strategy {
  /// Has a selector choose among the candidates.
  public func selected(by selector: some Selector) -> Selected<Self> { Selected(base: self, selector: selector) }
}
