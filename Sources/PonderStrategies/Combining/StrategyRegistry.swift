import PonderGeneration

/// Strategies by name, for a table that chooses among them.
///
/// ```swift
/// let registry: StrategyRegistry = [
///   "beam-16": BeamSearch(16, guidedBy: rewardModel),
///   "revisions-16": RevisionChains(4, length: 4),
/// ]
/// ```
public struct StrategyRegistry: Sendable, ExpressibleByDictionaryLiteral {
  /// The names and what they stand for, in the order in which they were given.
  public let entries: [(name: String, strategy: any Strategy)]

  /// Makes a registry. Names must differ, and none may be empty; a strategy that holds the registry refuses it otherwise.
  public init(_ entries: [(name: String, strategy: any Strategy)]) { self.entries = entries }

  /// Makes a registry of names and strategies.
  public init(dictionaryLiteral elements: (String, any Strategy)...) {
    entries = elements.map { (name: $0.0, strategy: $0.1) }
  }

  /// In the order in which they were given.
  public var names: [String] { entries.map(\.name) }

  /// The same for the same strategies under the same names.
  public var fingerprint: String { entries.map { "\($0.name): \($0.strategy.fingerprint)" }.joined(separator: "; ") }

  /// The strategy of that name, if there is one.
  public subscript(name: String) -> (any Strategy)? { entries.first { $0.name == name }?.strategy }

  /// Throws for names that are empty or the same, and as the strategies.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    for (index, entry) in entries.enumerated() {
      guard !entry.name.isEmpty else { throw .invalidConfiguration("registry: a name is empty") }
      guard !names[..<index].contains(entry.name) else {
        throw .invalidConfiguration("registry: two strategies are called \(entry.name)")
      }
      try entry.strategy.validate(for: model)
    }
  }
}
