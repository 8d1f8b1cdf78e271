/// Which blocks of the key-value cache are taken, and by how many holders. It counts; ``KVStorage`` holds the numbers.
///
/// A block has room for the keys and values of ``tokensPerBlock`` consecutive positions of one sequence, all layers.
/// Holders are sequences and nodes of the ``PrefixTree``. A block is written only by the sequence that allocated it,
/// only behind the positions that others can see: whoever else wants to go on from inside a block copies it first.
package struct KVBlockPool: Sendable {
  package typealias Block = Int

  /// Positions a block holds; blocks begin at the multiples of it.
  package static let tokensPerBlock = 16

  /// Blocks that hold `tokens` positions.
  package static func blocks(for tokens: Int) -> Int { (tokens + tokensPerBlock - 1) / tokensPerBlock }

  /// Blocks at most, ≥ 1.
  package let capacity: Int
  private var references: [Int] = []
  private var free: [Block] = []

  package init(capacity: Int) {
    precondition(capacity >= 1, "a pool of \(capacity) blocks")
    self.capacity = capacity
  }

  package var freeCount: Int { capacity - references.count + free.count }
  package var usedCount: Int { capacity - freeCount }

  /// A block for a single holder, or `nil` when all are taken.
  package mutating func allocate() -> Block? {
    if let block = free.popLast() {
      references[block] = 1
      return block
    }
    guard references.count < capacity else { return nil }
    references.append(1)
    return references.count - 1
  }

  package mutating func retain(_ block: Block) {
    precondition(references[block] > 0, "block \(block) is free")
    references[block] += 1
  }

  package mutating func release(_ block: Block) {
    precondition(references[block] > 0, "block \(block) is free")
    references[block] -= 1
    if references[block] == 0 { free.append(block) }
  }

  package func holders(of block: Block) -> Int { block < references.count ? references[block] : 0 }

  /// Traps unless each block has as many references as `holders` lists it.
  package func checkInvariants(holders: [Block]) {
    var counts = [Int](repeating: 0, count: references.count)
    for block in holders { counts[block] += 1 }
    precondition(counts == references, "blocks are held \(counts) times and counted \(references)")
    precondition(Set(free).count == free.count, "a block is free twice")
    precondition(free.allSatisfy { references[$0] == 0 }, "a free block is held")
    precondition(free.count == references.count { $0 == 0 }, "a block is lost")
  }
}
