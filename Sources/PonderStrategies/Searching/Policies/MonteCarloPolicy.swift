import PonderGeneration

/// The decisions of Monte Carlo tree search over steps: UCT (Kocsis and Szepesvári 2006) or PUCT (Silver et al. 2017).
///
/// Each iteration walks from the root to a leaf by the selection rule, samples `branching` steps there, and backs up their
/// values. The value of a step is the reward model's score of its path; with rollouts, that of the path run to its end.
public struct MonteCarloPolicy: TreePolicy, Hashable {
  /// How a child is selected on the way down.
  public enum Selection: Sendable, Hashable, Codable {
    /// mean + c · √(ln visits(parent) / visits)
    case uct(exploration: Double)
    /// mean + c · prior · √visits(parent) / (1 + visits), with the score as prior.
    case puct(exploration: Double)
  }

  /// Expansions of the tree, the first steps included.
  public let iterations: Int
  /// Steps sampled at a leaf.
  public let branching: Int
  /// How a child is selected.
  public let selection: Selection
  /// Steps a path may have; the last runs to the end of the text.
  public let maximumSteps: Int
  /// Whether every new step is evaluated by running its path to the end, rather than by its own score.
  public let rollsOut: Bool

  /// A step, by the number of its node. Those that no path goes through, copies and rollouts, are nobody's children.
  struct Node: Codable, Hashable {
    var parent: Int?
    var depth: Int
    var prior = 0.0
    var visits = 0
    var total = 0.0
    var children: [Int] = []
    /// Finished, cut off, or with nothing below it to look at.
    var isClosed = false
  }

  private var nodes: [Node] = []
  private var root = Node(parent: nil, depth: 0)
  private var done = 0
  private var leaf: Int?
  private var pending: [Expansion] = []
  /// New steps whose rollouts are under way, in order.
  private var awaiting: [Int] = []

  /// Makes a policy.
  public init(
    iterations: Int, branching: Int = 4, selection: Selection = .uct(exploration: 1), maximumSteps: Int = 40,
    rollsOut: Bool = false
  ) {
    self.iterations = iterations
    self.branching = branching
    self.selection = selection
    self.maximumSteps = maximumSteps
    self.rollsOut = rollsOut
  }

  /// Begins with an empty tree.
  public mutating func begin(seed: Seed) {
    (nodes, root, done, leaf, awaiting) = ([], Node(parent: nil, depth: 0), 0, nil, [])
    pending = expansions(of: nil)
  }

  /// The steps of the selected leaf, or the rollouts of its new steps.
  public mutating func ask() -> [Expansion] { pending }

  /// Backs up what came, and walks down to the next leaf.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    if awaiting.isEmpty {
      let open = insert(observations)
      if rollsOut, !open.isEmpty {
        awaiting = open
        pending = open.map { Expansion(parent: $0, runsToEnd: true) }
        return []
      }
    } else {
      for (node, rollout) in zip(awaiting, observations) {
        nodes.append(Node(parent: node, depth: maximumSteps, isClosed: true))
        backUp(rollout.score ?? 0, from: node)
      }
      awaiting = []
    }
    done += 1
    guard done < iterations, !root.isClosed else {
      pending = []
      return []
    }
    leaf = descend()
    pending = expansions(of: leaf)
    return leaf.map { [.expand($0, children: branching)] } ?? []
  }

  /// How often a node was visited, and the mean of its values; the root's for `nil`.
  public func statistics(of node: Int?) -> (visits: Int, mean: Double) {
    let node = node.map { nodes.indices.contains($0) ? nodes[$0] : root } ?? root
    return (node.visits, node.visits > 0 ? node.total / Double(node.visits) : 0)
  }

  private func expansions(of node: Int?) -> [Expansion] {
    let depth = node.map { nodes[$0].depth } ?? 0
    return Array(repeating: Expansion(parent: node, runsToEnd: depth + 1 >= maximumSteps), count: branching)
  }

  /// Adds the new steps below the leaf; gives those that can go on.
  private mutating func insert(_ observations: [Observation]) -> [Int] {
    let depth = (leaf.map { nodes[$0].depth } ?? 0) + 1
    var open: [Int] = []
    var children: [Int] = []
    for observation in observations {
      let isOpen = observation.status == .open && depth < maximumSteps
      nodes.append(Node(parent: leaf, depth: depth, prior: observation.score ?? 0, isClosed: !isOpen))
      guard observation.status == .open || observation.status == .finished else { continue }
      children.append(observation.node)
      if isOpen, rollsOut {
        open.append(observation.node)
      } else {
        backUp(observation.score ?? 0, from: observation.node)
      }
    }
    if let leaf { nodes[leaf].children = children } else { root.children = children }
    close(leaf)
    return open
  }

  private mutating func backUp(_ value: Double, from node: Int) {
    var current: Int? = node
    while let place = current {
      nodes[place].visits += 1
      nodes[place].total += value
      current = nodes[place].parent
    }
    root.visits += 1
    root.total += value
  }

  /// Closes a node all of whose children are closed, and so on upwards.
  private mutating func close(_ node: Int?) {
    var current = node
    while true {
      let children = current.map { nodes[$0].children } ?? root.children
      guard children.allSatisfy({ nodes[$0].isClosed }) else { return }
      guard let place = current else {
        root.isClosed = true
        return
      }
      nodes[place].isClosed = true
      current = nodes[place].parent
    }
  }

  /// From the root to an open node without children, each time to the child that the rule values most; the first on a tie.
  private func descend() -> Int? {
    var place: Int?
    var node = root
    while !node.children.isEmpty {
      var best: (child: Int, value: Double)?
      for child in node.children {
        guard !nodes[child].isClosed else { continue }
        let value = worth(of: nodes[child], below: node)
        if let best, best.value >= value { continue }
        best = (child, value)
      }
      guard let best else { return place }
      (place, node) = (best.child, nodes[best.child])
    }
    return place
  }

  private func worth(of child: Node, below parent: Node) -> Double {
    let visits = Double(max(child.visits, 1))
    let mean = child.total / visits
    return switch selection {
    case .uct(let c): mean + c * (Math.log(Double(max(parent.visits, 1))) / visits).squareRoot()
    case .puct(let c): mean + c * child.prior * Double(parent.visits).squareRoot() / (1 + visits)
    }
  }
}

/// Monte Carlo tree search; see ``MonteCarloPolicy``.
public typealias MonteCarloTreeSearch = StepSearch<MonteCarloPolicy>

extension StepSearch where Policy == MonteCarloPolicy {
  /// A Monte Carlo tree search.
  ///
  /// - Parameters:
  ///   - iterations: ≥ 1 expansions of the tree.
  ///   - branching: ≥ 1 steps sampled at a leaf.
  ///   - selection: UCT or PUCT, with its constant of exploration ≥ 0.
  ///   - rollsOut: Whether new steps are valued by running their paths to the end; the ends are candidates too.
  ///   - rewardModel: Scores the steps.
  ///   - maximumSteps: ≥ 1; the last step runs to the end of the text.
  public init(
    iterations: Int, branching: Int = 4, selection: MonteCarloPolicy.Selection = .uct(exploration: 1),
    rollsOut: Bool = false, guidedBy rewardModel: some ProcessRewardModel, maximumSteps: Int = 40,
    settings: SearchSettings = SearchSettings()
  ) {
    let isValid = iterations >= 1 && branching >= 1 && maximumSteps >= 1
    self.init(
      label: "mcts",
      policy: MonteCarloPolicy(
        iterations: iterations, branching: branching, selection: selection, maximumSteps: maximumSteps,
        rollsOut: rollsOut),
      rewardModel: rewardModel, settings: settings,
      defect: isValid ? nil : "iterations \(iterations), branching \(branching) and maximumSteps must be ≥ 1")
  }
}
