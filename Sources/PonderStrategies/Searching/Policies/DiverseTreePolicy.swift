import PonderGeneration

/// The decisions of diverse verifier tree search (DVTS): independent subtrees, each greedy.
///
/// From "Scaling test-time compute with open models" (Hugging Face 2024). Each subtree samples `branching` next steps and
/// goes on from the best. A prefix of the subtrees of a wide search is a narrower search.
public struct DiverseTreePolicy: TreePolicy, Hashable {
  /// N / M, the subtrees.
  public let subtrees: Int
  /// M, the steps each subtree samples at a time.
  public let branching: Int
  /// Steps a path may have; the last runs to the end of the text.
  public let maximumSteps: Int
  private var depth = 0
  /// Where each subtree stands that has not ended.
  private var tips: [Int?] = []

  /// Makes a policy.
  public init(subtrees: Int, branching: Int, maximumSteps: Int = 40) {
    self.subtrees = subtrees
    self.branching = branching
    self.maximumSteps = maximumSteps
  }

  /// Begins with the first steps of all subtrees.
  public mutating func begin(seed: Seed) {
    depth = 1
    tips = Array(repeating: nil, count: subtrees)
  }

  /// Next steps of every subtree that has not ended.
  public mutating func ask() -> [Expansion] {
    guard depth <= maximumSteps else { return [] }
    return tips.flatMap {
      Array(repeating: Expansion(parent: $0, runsToEnd: depth == maximumSteps), count: branching)
    }
  }

  /// Each subtree goes on from its best new step, or ends if that one is finished.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    var decisions: [SearchDecision] = []
    var pruned: [Int] = []
    var remaining: [Int?] = []
    for start in stride(from: 0, to: observations.count, by: branching) {
      let siblings = observations[start..<min(start + branching, observations.count)]
      var best: Observation?
      for var sibling in siblings {
        // A step that another subtree has made too is shared, with its score; the subtrees part again behind it.
        if case .duplicate(let twin) = sibling.status, let other = observations.observation(of: twin) {
          sibling = other
        }
        guard sibling.status == .open || sibling.status == .finished else { continue }
        if let best, best.score ?? -1 >= sibling.score ?? -1 { continue }
        best = sibling
      }
      if let best, best.status == .open, depth < maximumSteps {
        remaining.append(best.node)
        decisions.append(.expand(best.node, children: branching))
      }
      pruned += siblings.filter { $0.status == .open && $0.node != best?.node }.map(\.node)
    }
    let kept = Set(remaining)
    pruned.removeAll { kept.contains($0) }
    tips = remaining
    depth += 1
    return decisions + (pruned.isEmpty ? [] : [.prune(pruned)])
  }
}
