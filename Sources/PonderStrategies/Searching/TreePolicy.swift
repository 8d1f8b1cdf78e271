import PonderGeneration

/// What a search decides, apart from how it is carried out: a pure value that is asked which steps to sample and told
/// what came of them. It is tested without a model, and its state can be stored.
///
/// Nodes are numbered from 0 in the order in which they were asked for.
public protocol TreePolicy: Sendable, Codable {
  /// Begins a search; `seed` is for choices that the policy itself makes at random.
  mutating func begin(seed: Seed)
  /// The steps to sample next; none when the search is over. Behind a call comes one of ``tell(_:)``.
  mutating func ask() -> [Expansion]
  /// What came of the steps that were asked for, in the same order, and what the policy makes of it.
  mutating func tell(_ observations: [Observation]) -> [SearchDecision]
}

/// One step to sample.
public struct Expansion: Sendable, Hashable, Codable {
  /// The node to go on from; `nil` for the beginning.
  public var parent: Int?
  /// Whether the path is to be finished rather than go one step further.
  public var runsToEnd: Bool

  /// Makes an expansion.
  public init(parent: Int?, runsToEnd: Bool = false) {
    self.parent = parent
    self.runsToEnd = runsToEnd
  }
}

/// What came of an ``Expansion``.
public struct Observation: Sendable, Hashable, Codable {
  /// How the path stands.
  public enum Status: Sendable, Hashable, Codable {
    /// It can go on.
    case open
    /// It came to its own end.
    case finished
    /// It cannot go on: cut off by a limit, or its call failed.
    case dead
    /// It is the same text as another node's, which stands for both.
    case duplicate(of: Int)
  }

  /// The number of the new node.
  public var node: Int
  /// How the path stands.
  public var status: Status
  /// The path's score in [0, 1]; `nil` if it has none: then it is last.
  public var score: Double?

  /// Makes an observation.
  public init(node: Int, status: Status = .open, score: Double? = nil) {
    self.node = node
    self.status = status
    self.score = score
  }
}

/// What a policy made of its observations, for the trace.
public enum SearchDecision: Sendable, Hashable, Codable {
  /// The search goes on from a node with so many children.
  case expand(Int, children: Int)
  /// The search gives nodes up.
  case prune([Int])
  /// Each node was kept as often as it stands here.
  case resample([Int])
}

extension Sequence<Observation> {
  /// Open nodes, best first; among equals the one asked for first.
  func openBestFirst() -> [Observation] {
    filter { $0.status == .open }.sorted { a, b in
      let (x, y) = (a.score ?? -1, b.score ?? -1)
      return x == y ? a.node < b.node : x > y
    }
  }
}

extension [Observation] {
  /// The observation of a node, one of these: they are numbered as they were asked for.
  func observation(of node: Int) -> Observation? {
    guard let first, indices.contains(node - first.node) else { return nil }
    return self[node - first.node]
  }
}
