import PonderGeneration

/// Several strategies on the same problem, side by side, their candidates pooled.
///
/// ```swift
/// Ensemble {
///   Sample(8)
///   BeamSearch(16, guidedBy: rewardModel).limited(to: .tokens(2000))
///   Sample(8).using(otherModel)
/// }
/// ```
/// Under a budget, what a member may spend is decided as if members ran one after the other; members that are limited
/// themselves run side by side all the same.
public struct Ensemble: Strategy {
  /// The members, in the order in which their candidates are pooled.
  public let members: [any Strategy]

  /// Makes an ensemble.
  public init(_ members: [any Strategy]) { self.members = members }

  /// Makes an ensemble of the listed strategies.
  public init(@StrategyListBuilder _ members: () -> [any Strategy]) { self.members = members() }

  /// `ensemble`
  public var label: String { "ensemble" }
  /// The members'.
  public var fingerprint: String { "Ensemble(\(members.map(\.fingerprint).joined(separator: "; ")))" }

  /// As all members. Throws without members.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard !members.isEmpty else { throw .invalidConfiguration("Ensemble: it has no members") }
    for member in members { try member.validate(for: model) }
  }

  /// The candidates of all members; until a selector chooses, the first member's selection.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    let outcomes = await stage.concurrently(members.count) { [members] index, child in
      await members[index].run(problem, in: child)
    }
    return Outcome(pooling: outcomes)
  }
}

/// A strategy run several times with seeds of their own: ``Strategy/repeated(_:)``.
public struct Repeated<Base: Strategy>: Strategy {
  /// Runs.
  public let base: Base
  /// So often, ≥ 1.
  public let count: Int

  /// `beam.repeated`
  public var label: String { base.label + ".repeated" }

  /// As the base. Throws for a count below 1.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard count >= 1 else { throw .invalidConfiguration("repeated: count is \(count), must be ≥ 1") }
    try base.validate(for: model)
  }

  /// The candidates of all runs; until a selector chooses, the first run's selection.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let outcomes = await context.stage(label).concurrently(count) { [base] _, child in
      await base.run(problem, in: child)
    }
    return Outcome(pooling: outcomes)
  }
}

extension Outcome {
  /// Several outcomes as one: it fails only if all do.
  init(pooling outcomes: [Outcome]) {
    self.init(
      selected: outcomes.lazy.compactMap(\.selected).first, candidates: outcomes.flatMap(\.candidates))
    let premature = outcomes.map(\.stop).filter { $0 != .finished && $0 != .settledEarly }
    let failures = premature.filter { if case .failed = $0 { true } else { false } }
    // One member's failure is in the trace; a budget that ran out or a cancellation concerns all.
    if let stop = premature.first(where: { !failures.contains($0) }) {
      self.stop = stop
    } else if failures.count == outcomes.count, let stop = failures.first {
      self.stop = stop
    }
  }
}

/// Collects strategies for an ``Ensemble``.
@resultBuilder public enum StrategyListBuilder {
  /// One strategy.
  public static func buildExpression(_ strategy: any Strategy) -> [any Strategy] { [strategy] }
  /// Several strategies.
  public static func buildExpression(_ strategies: [any Strategy]) -> [any Strategy] { strategies }
  /// All lines.
  public static func buildBlock(_ parts: [any Strategy]...) -> [any Strategy] { parts.flatMap { $0 } }
  /// An `if` without `else`.
  public static func buildOptional(_ part: [any Strategy]?) -> [any Strategy] { part ?? [] }
  /// An `if`.
  public static func buildEither(first part: [any Strategy]) -> [any Strategy] { part }
  /// An `else`.
  public static func buildEither(second part: [any Strategy]) -> [any Strategy] { part }
  /// A loop.
  public static func buildArray(_ parts: [[any Strategy]]) -> [any Strategy] { parts.flatMap { $0 } }
}

extension Strategy {
  /// Runs the strategy so often, each time with a seed of its own, and pools the candidates.
  public func repeated(_ count: Int) -> Repeated<Self> { Repeated(base: self, count: count) }
}
