import PonderGeneration

/// A strategy bound to a model of its own: ``Strategy/using(_:format:)``.
public struct UsingModel<Base: Strategy>: Strategy {
  /// Runs on the model.
  public let base: Base
  /// The model, whatever the run's is.
  public let model: any LanguageModel
  /// How it is asked; the run's format if `nil`.
  public let format: PromptFormat?

  /// The base's.
  public var label: String { base.label }
  /// The base's, with the model's.
  public var fingerprint: String { "\(base.fingerprint) on \(model.description.fingerprint)" }

  /// As the base, for its own model.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    try base.validate(for: self.model.description)
  }

  /// The base's outcome on its own model.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    await base.run(problem, in: context.using(model, format: format))
  }
}

extension Strategy {
  /// Binds this strategy to a model, whatever the run's is.
  public func using(_ model: any LanguageModel, format: PromptFormat? = nil) -> UsingModel<Self> {
    UsingModel(base: self, model: model, format: format)
  }
}
