/// Where in the tree of strategies something happens: `ensemble/0/sample`.
///
/// Paths order events and random numbers, so that neither depends on when something happened. A strategy that wraps
/// another adds nothing to the other's path; one that runs several strategies gives each a number.
public struct TreePath: Sendable, Hashable {
  /// One part of a path.
  public enum Component: Sendable, Hashable {
    /// A stage by name.
    case label(String)
    /// A child by number.
    case index(Int)
  }

  /// From the root to the leaf.
  public let components: [Component]

  /// Makes a path.
  public init(_ components: [Component] = []) { self.components = components }

  /// The path of a named stage below this one. A "/" in the name becomes "-".
  public func appending(_ label: String) -> TreePath {
    TreePath(components + [.label(String(label.map { $0 == "/" || $0 == "#" ? "-" : $0 }))])
  }

  /// The path of a numbered child below this one.
  public func appending(_ index: Int) -> TreePath { TreePath(components + [.index(index)]) }
}

extension TreePath: CustomStringConvertible, LosslessStringConvertible {
  /// The components, joined by "/".
  public var description: String {
    components.map { component in
      switch component {
      case .label(let label): label
      case .index(let index): String(index)
      }
    }.joined(separator: "/")
  }

  /// Reads a path from its description; a component that is a number is an index.
  public init(_ description: String) {
    components = description.split(separator: "/").map { Int($0).map(Component.index) ?? .label(String($0)) }
  }
}

extension TreePath: Comparable {
  /// The order of a walk through the tree: numbers by value, before names.
  public static func < (a: TreePath, b: TreePath) -> Bool {
    for (first, second) in zip(a.components, b.components) where first != second {
      switch (first, second) {
      case (.index(let i), .index(let j)): return i < j
      case (.label(let i), .label(let j)): return i < j
      case (.index, .label): return true
      case (.label, .index): return false
      }
    }
    return a.components.count < b.components.count
  }
}

extension TreePath: Codable {
  /// Reads the description from a single string.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the description as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
