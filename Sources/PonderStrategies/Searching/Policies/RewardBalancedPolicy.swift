import PonderGeneration

/// The decisions of REBASE, reward-balanced search: Wu et al. 2024 (arXiv:2408.00724).
///
/// Every open path is expanded in proportion to exp(score / temperature), best first, within the width that finished paths
/// leave.
public struct RewardBalancedPolicy: TreePolicy, Hashable {
  /// B, the paths at a time.
  public let width: Int
  /// T_b > 0: the smaller, the more the best path gets.
  public let temperature: Double
  /// Steps a path may have; the last runs to the end of the text.
  public let maximumSteps: Int
  private var depth = 0
  private var finished = 0
  private var next: [Expansion] = []

  /// Makes a policy.
  public init(width: Int, temperature: Double = 0.2, maximumSteps: Int = 40) {
    self.width = width
    self.temperature = temperature
    self.maximumSteps = maximumSteps
  }

  /// How many children each score gets; `scores` in descending order.
  ///
  /// n_i = min(left, ⌈left · w_i / Σ_{j≥i} w_j⌉) with w = exp(score / temperature): 0.9, 0.6, 0.3 share a width of 8 at
  /// temperature 0.2 as 7, 1, 0.
  public static func shares(of scores: [Double], width: Int, temperature: Double) -> [Int] {
    guard let highest = scores.max() else { return [] }
    // Against overflow: a common factor changes no share.
    let weights = scores.map { Math.exp(($0 - highest) / temperature) }
    var tails = weights
    for index in weights.indices.dropLast().reversed() { tails[index] += tails[index + 1] }
    var left = width
    return weights.indices.map { index in
      let share = tails[index] > 0 ? (Double(left) * weights[index] / tails[index]).rounded(.up) : Double(left)
      defer { left -= min(left, Int(share)) }
      return min(left, Int(share))
    }
  }

  /// Begins with as many first steps as the width.
  public mutating func begin(seed: Seed) {
    (depth, finished) = (1, 0)
    next = Array(repeating: Expansion(parent: nil, runsToEnd: maximumSteps == 1), count: width)
  }

  /// The children of the open paths.
  public mutating func ask() -> [Expansion] { next }

  /// Shares the width among the open paths.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    finished += observations.count { $0.status == .finished }
    let open = observations.openBestFirst()
    depth += 1
    guard depth <= maximumSteps else {
      next = []
      return open.isEmpty ? [] : [.prune(open.map(\.node))]
    }
    let shares = Self.shares(
      of: open.map { $0.score ?? 0 }, width: max(width - finished, 0), temperature: temperature)
    next = zip(open, shares).flatMap { node, count in
      Array(repeating: Expansion(parent: node.node, runsToEnd: depth == maximumSteps), count: count)
    }
    let pruned = zip(open, shares).filter { $1 == 0 }.map(\.0.node)
    return zip(open, shares).filter { $1 > 0 }.map { .expand($0.node, children: $1) }
      + (pruned.isEmpty ? [] : [.prune(pruned)])
  }
}
