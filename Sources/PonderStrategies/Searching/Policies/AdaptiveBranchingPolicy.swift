import PonderGeneration

/// The decisions of adaptive branching Monte Carlo tree search, AB-MCTS-A: Inoue et al. 2025 (arXiv:2503.04412).
///
/// At each node on the way down the search goes *wider*, to a new child, or *deeper*, to one of the children that are there:
/// it draws a score for either from its posterior (Thompson sampling) and takes the better one. The children are aggregated
/// for that choice; if it is for them, another draw for each says which. A new node's score is an observation of the node,
/// of going wider at its parent, and, all the way up, of the nodes above it and of going deeper there.
///
/// Over answers (``AdaptiveBranchingSearch``) deeper means to refine an answer and wider to write another one; over steps
/// (``AdaptiveBranchingStepSearch``) they mean the next step and another step here.
public struct AdaptiveBranchingPolicy: TreePolicy, Hashable {
  /// Nodes to make in all.
  public let expansions: Int
  /// What is believed of scores at first, and how.
  public let prior: ScorePosterior.Prior
  /// Nodes asked for at a time, on the same knowledge. The paper's is 1.
  public let batch: Int
  /// The nodes of a path at most; the last step of a path runs to the end of the text.
  public let maximumDepth: Int

  private struct Node: Codable, Hashable {
    var parent: Int?
    var depth: Int
    var children: [Int] = []
    /// Of a new child here (the paper's GEN node).
    var wider: ScorePosterior
    /// Of all nodes that are made below the children (CONT).
    var deeper: ScorePosterior
    /// Of this node and all that are made below it.
    var subtree: ScorePosterior
    /// It cannot have children.
    var isClosed = false

    init(parent: Int?, depth: Int, prior: ScorePosterior.Prior) {
      self.parent = parent
      self.depth = depth
      (wider, deeper, subtree) = (ScorePosterior(prior), ScorePosterior(prior), ScorePosterior(prior))
    }
  }

  private var seed = Seed(0)
  private var root: Node
  private var nodes: [Int: Node] = [:]
  private var asked = 0
  private var pending: [Expansion] = []

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - expansions: ≥ 1 nodes in all.
  ///   - batch: ≥ 1 nodes at a time.
  ///   - maximumDepth: ≥ 1.
  public init(
    expansions: Int, prior: ScorePosterior.Prior = .gaussian(), batch: Int = 1, maximumDepth: Int = .max
  ) {
    self.expansions = expansions
    self.prior = prior
    self.batch = batch
    self.maximumDepth = maximumDepth
    root = Node(parent: nil, depth: 0, prior: prior)
  }

  /// Begins with an empty tree; `seed` is that of all draws.
  public mutating func begin(seed: Seed) {
    self.seed = seed
    (nodes, root, asked) = ([:], Node(parent: nil, depth: 0, prior: prior), 0)
    choose()
  }

  /// The nodes to make next.
  public mutating func ask() -> [Expansion] { pending }

  /// Takes the scores into account and chooses where to go on. A node without a score is left aside.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    for (expansion, observation) in zip(pending, observations) {
      var score = observation.score
      if case .duplicate(let twin) = observation.status {
        // Going wider has led there once more, but there is no new place to go on from.
        score = score ?? observations.observation(of: twin)?.score
      } else if observation.status != .dead, score != nil {
        let depth = self[expansion.parent].depth + 1
        var node = Node(parent: expansion.parent, depth: depth, prior: prior)
        if let score { node.subtree.observe(score) }
        node.isClosed = observation.status == .finished || depth >= maximumDepth
        nodes[observation.node] = node
        self[expansion.parent].children.append(observation.node)
      }
      if let score { backUp(score, from: expansion.parent) }
    }
    choose()
    return pending.compactMap { next in next.parent.map { .expand($0, children: 1) } }
  }

  /// What is believed of a new child of a node, of going deeper from it, and of it and all below it; the root's for `nil`.
  public func posteriors(
    of node: Int?
  ) -> (wider: ScorePosterior, deeper: ScorePosterior, subtree: ScorePosterior) {
    let node = self[node]
    return (node.wider, node.deeper, node.subtree)
  }

  private subscript(place: Int?) -> Node {
    get { place.flatMap { nodes[$0] } ?? root }
    set { if let place { nodes[place] = newValue } else { root = newValue } }
  }

  private mutating func backUp(_ score: Double, from parent: Int?) {
    self[parent].wider.observe(score)
    var current = parent
    while let place = current {
      self[place].subtree.observe(score)
      current = self[place].parent
      self[current].deeper.observe(score)
    }
  }

  private mutating func choose() {
    pending = []
    while pending.count < batch, asked < expansions {
      let parent = descend(seed.derived(asked))
      pending.append(Expansion(parent: parent, runsToEnd: self[parent].depth + 1 >= maximumDepth))
      asked += 1
    }
  }

  /// From the root to the node that gets a new child; among equal draws wider, and the first child.
  private func descend(_ seed: Seed) -> Int? {
    var place: Int?
    while true {
      let node = self[place]
      let seed = seed.derived(node.depth)
      let open = node.children.filter { !self[$0].isClosed }
      guard !open.isEmpty, node.deeper.draw(seed.derived("deeper")) > node.wider.draw(seed.derived("wider")) else {
        return place
      }
      var best: (child: Int, draw: Double)?
      for (index, child) in open.enumerated() {
        let draw = self[child].subtree.draw(seed.derived(index))
        if let best, best.draw >= draw { continue }
        best = (child, draw)
      }
      place = best?.child
    }
  }
}
