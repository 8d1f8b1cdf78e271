import PonderGeneration

/// The decisions of a beam search over steps: Snell et al. 2024 (arXiv:2408.03314) §5.2.
///
/// Differs from search-and-learn: the frontier shrinks as beams finish (k = width − finished), where that one refills it;
/// a merged duplicate frees its slot. Of the open paths the best ⌈k / branching⌉ stay, and get k children dealt in turn,
/// best first.
public struct BeamPolicy: TreePolicy, Hashable {
  /// N, the beams.
  public let width: Int
  /// M, the children of each path that stays.
  public let branching: Int
  /// Steps a path may have; the last runs to the end of the text.
  public let maximumSteps: Int
  private var depth = 0
  private var finished = 0
  private var next: [Expansion] = []

  /// Makes a policy. `width` must be a multiple of `branching`.
  public init(width: Int, branching: Int, maximumSteps: Int = 40) {
    self.width = width
    self.branching = branching
    self.maximumSteps = maximumSteps
  }

  /// Begins with as many first steps as there are beams.
  public mutating func begin(seed: Seed) {
    (depth, finished) = (1, 0)
    next = Array(repeating: Expansion(parent: nil, runsToEnd: maximumSteps == 1), count: width)
  }

  /// The children of the paths that stay.
  public mutating func ask() -> [Expansion] { next }

  /// Keeps the best, gives up the others.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    finished += observations.count { $0.status == .finished }
    let open = observations.openBestFirst()
    let slots = max(width - finished, 0)
    let kept = open.prefix((slots + branching - 1) / branching)
    depth += 1
    guard !kept.isEmpty, depth <= maximumSteps else {
      next = []
      return open.isEmpty ? [] : [.prune(open.map(\.node))]
    }
    let shares = kept.indices.map { slots / kept.count + ($0 < slots % kept.count ? 1 : 0) }
    next = zip(kept, shares).flatMap { node, count in
      Array(repeating: Expansion(parent: node.node, runsToEnd: depth == maximumSteps), count: count)
    }
    let pruned = open.dropFirst(kept.count).map(\.node).sorted()
    return zip(kept, shares).map { .expand($0.node, children: $1) } + (pruned.isEmpty ? [] : [.prune(pruned)])
  }
}
