import PonderGeneration

/// A way to spend compute on a problem.
///
/// Strategies are plain values. They compose: ``Strategy/scored(by:)``, ``Strategy/selected(by:)``,
/// ``Strategy/limited(to:)`` and others wrap one strategy in another, and anything nests.
///
/// A strategy does all its calls through its ``RunContext``, which charges, journals and seeds them. It never throws: what
/// goes wrong on the way is a ``Stop``, and the candidates that were paid for are in the outcome.
public protocol Strategy: Sendable {
  /// Names its stage in paths: `sample`. A strategy that wraps another appends to the other's: `sample.scored`.
  var label: String { get }

  /// The same for the same configuration. A trace is resumed only by a strategy with the same fingerprint.
  var fingerprint: String { get }

  /// Throws when the configuration is impossible or the model lacks a capability; called before anything is spent.
  func validate(for model: ModelDescription) throws(StrategyError)

  /// Works on a problem. `problem` has no reference answer.
  func run(_ problem: Problem, in context: RunContext) async -> Outcome
}

extension Strategy {
  /// The description of the value, which for a struct holds all its properties.
  ///
  /// Sets and dictionaries have no order that outlasts a process, and closures and references no content: a strategy that
  /// holds them needs a fingerprint of its own, or a `description` of theirs.
  public var fingerprint: String { Self.fingerprint(String(describing: self)) }

  /// A description without the places in memory that those of private types tell: they differ from process to process.
  static func fingerprint(_ description: String) -> String {
    let pieces = description.split(separator: "(unknown context at $", omittingEmptySubsequences: false)
    return String(pieces[0]) + pieces.dropFirst().map { $0.drop { $0 != "." }.dropFirst() }.joined()
  }

  /// Accepts any model.
  public func validate(for model: ModelDescription) throws(StrategyError) {}
}
