import PonderGeneration

/// Finds the blocks of the longest prefix of a sequence that has been computed before.
///
/// A node is a block: the tokens whose keys and values it holds. Its path from the root spells all tokens before it,
/// on which they depend. Only whole blocks have children; the last block of a path may be partly filled. This is
/// the radix tree of SGLang (arXiv:2312.07104) cut at block boundaries. It compares tokens where vLLM chains hashes
/// (arXiv:2309.06180), so that a prefix may end inside a block and nothing can collide.
package struct PrefixTree: Sendable {
  package typealias NodeID = Int

  /// The empty prefix.
  package static let root: NodeID = 0

  package struct Match: Sendable {
    /// Blocks to share as they are, and the node of the last of them.
    package var blocks: [KVBlockPool.Block] = []
    package var node: NodeID = PrefixTree.root
    /// A block of which the first `count` positions can be copied, 0 < `count` < 16 or the limit inside a whole block.
    package var partial: (block: KVBlockPool.Block, count: Int)?

    package var tokenCount: Int { blocks.count * KVBlockPool.tokensPerBlock + (partial?.count ?? 0) }
  }

  private struct Node: Sendable {
    var tokens: [Token]
    var block: KVBlockPool.Block
    var parent: NodeID
    /// In the lexicographic order of their tokens, none of which begins another's.
    var children: [NodeID] = []
    var lastUse: UInt64
  }

  private var nodes: [Node?] = [Node(tokens: [], block: -1, parent: -1, lastUse: 0)]
  private var freeNodes: [NodeID] = []
  private var clock: UInt64 = 0

  package init() {}

  /// The longest computed prefix of `tokens`, of `limit` tokens at most.
  package mutating func match(_ tokens: [Token], limit: Int) -> Match {
    let path = path(of: tokens, limit: limit)
    var match = Match()
    clock += 1
    for (node, common) in path {
      self[node].lastUse = clock
      if common == KVBlockPool.tokensPerBlock {
        match.blocks.append(self[node].block)
        match.node = node
      } else {
        match.partial = (self[node].block, common)
      }
    }
    return match
  }

  /// How many tokens ``match(_:limit:)`` would find. Does not count as a use.
  package func matchedCount(_ tokens: [Token], limit: Int) -> Int {
    path(of: tokens, limit: limit).reduce(0) { $0 + $1.common }
  }

  /// Makes `block`, which holds `tokens` behind the prefix of `parent`, known to later sequences.
  ///
  /// The tree becomes a holder of the block. Returns the node with these tokens: an older one, with a block of the
  /// same content, if there is one; `nil` if a longer block says all that this one does.
  @discardableResult
  package mutating func insert(
    _ tokens: ArraySlice<Token>, block: KVBlockPool.Block, under parent: NodeID, in pool: inout KVBlockPool
  ) -> (node: NodeID, block: KVBlockPool.Block)? {
    precondition(
      !tokens.isEmpty && tokens.count <= KVBlockPool.tokensPerBlock, "a block of \(tokens.count) tokens")
    clock += 1
    let place = place(of: tokens, under: parent)
    if let (child, common) = bestChild(of: parent, for: tokens) {
      if common == tokens.count {
        self[child].lastUse = clock
        return common == self[child].tokens.count ? (child, self[child].block) : nil
      }
      if common == self[child].tokens.count {
        // The same block grown, or another with the same beginning: the longer one replaces the shorter.
        pool.retain(block)
        pool.release(self[child].block)
        self[child] = Node(tokens: Array(tokens), block: block, parent: parent, lastUse: clock)
        return (child, block)
      }
    }
    pool.retain(block)
    let node = Node(tokens: Array(tokens), block: block, parent: parent, lastUse: clock)
    let id = freeNodes.popLast() ?? nodes.count
    if id == nodes.count { nodes.append(node) } else { nodes[id] = node }
    self[parent].children.insert(id, at: place)
    return (id, block)
  }

  /// Forgets blocks that nobody else holds, those unused for longest first, until `count` blocks are free.
  package mutating func evict(until count: Int, in pool: inout KVBlockPool) {
    while pool.freeCount < count {
      // Only leaves: a block is worthless without those before it.
      let leaves = nodes.indices.dropFirst().filter { id in
        guard let node = nodes[id] else { return false }
        return node.children.isEmpty && pool.holders(of: node.block) == 1
      }
      guard !leaves.isEmpty else { return }
      for leaf in leaves.sorted(by: { (self[$0].lastUse, $0) < (self[$1].lastUse, $1) }) {
        guard pool.freeCount < count else { return }
        remove(leaf, from: &pool)
      }
    }
  }

  /// All blocks that the tree holds.
  package var blocks: [KVBlockPool.Block] { nodes.dropFirst().compactMap { $0?.block } }

  /// Traps unless parents and children agree and only whole blocks have children.
  package func checkInvariants() {
    for id in nodes.indices {
      guard let node = nodes[id] else { continue }
      for child in node.children { precondition(self[child].parent == id, "node \(child) has two parents") }
      for (a, b) in zip(node.children, node.children.dropFirst()) {
        precondition(self[a].tokens.lexicographicallyPrecedes(self[b].tokens), "children of \(id) are out of order")
        precondition(!self[b].tokens.starts(with: self[a].tokens), "a child of \(id) begins another")
      }
      guard id != Self.root else { continue }
      precondition(self[node.parent].children.count { $0 == id } == 1, "node \(id) is not its parent's child")
      precondition(
        node.children.isEmpty || node.tokens.count == KVBlockPool.tokensPerBlock, "a partial block has children")
    }
  }

  // MARK: -

  private subscript(id: NodeID) -> Node {
    get { nodes[id]! }
    set { nodes[id] = newValue }
  }

  /// The nodes of the longest known prefix, and how many tokens of each belong to it: 16 of all but the last.
  private func path(of tokens: [Token], limit: Int) -> [(node: NodeID, common: Int)] {
    let size = KVBlockPool.tokensPerBlock
    let limit = min(limit, tokens.count)
    var path: [(node: NodeID, common: Int)] = []
    for start in stride(from: 0, to: limit, by: size) {
      let node = path.last?.node ?? Self.root
      guard let (child, common) = bestChild(of: node, for: tokens[start..<min(start + size, limit)]) else { break }
      path.append((child, common))
      guard common == size else { break }
    }
    return path
  }

  /// Which child has most tokens in common: in lexicographic order one of the two neighbours of the tokens' own place.
  private func bestChild(of node: NodeID, for tokens: ArraySlice<Token>) -> (NodeID, common: Int)? {
    let children = self[node].children
    let place = place(of: tokens, under: node)
    var best: (NodeID, common: Int)?
    for child in children[max(0, place - 1)..<min(place + 1, children.count)] {
      let common = Self.commonPrefix(self[child].tokens[...], tokens)
      if common > (best?.common ?? 0) { best = (child, common) }
    }
    return best
  }

  /// Behind all children whose tokens come before these.
  private func place(of tokens: ArraySlice<Token>, under node: NodeID) -> Int {
    let children = self[node].children
    var range = 0..<children.count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if self[children[middle]].tokens.lexicographicallyPrecedes(tokens) {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return range.lowerBound
  }

  private mutating func remove(_ id: NodeID, from pool: inout KVBlockPool) {
    pool.release(self[id].block)
    self[self[id].parent].children.removeAll { $0 == id }
    nodes[id] = nil
    freeNodes.append(id)
  }

  static func commonPrefix(_ a: ArraySlice<Token>, _ b: ArraySlice<Token>) -> Int {
    var count = 0
    for (x, y) in zip(a, b) {
      guard x == y else { break }
      count += 1
    }
    return count
  }
}
