import PonderGeneration

/// Which row of a batch's activations belongs to which sequence and position.
package struct BatchRows: Sendable {
  /// The rows of one sequence, consecutive.
  package struct Slice: Sendable {
    package var firstRow: Int
    /// Of each row, ascending.
    package var positions: [Int]
    package var blocks: [KVBlockPool.Block]
  }

  package let slices: [Slice]
  package let count: Int
  package let plan: AttentionPlan

  /// All rows of the batch, whose blocks have memory in `cache`.
  package init(_ batch: Batch, in cache: KVStorage) {
    self.init(
      batch.slices.map { (Array($0.position..<$0.position + $0.tokens.count), $0.blocks) }, in: cache)
  }

  /// Only those rows whose outputs are wanted.
  package init(outputsOf batch: Batch, in cache: KVStorage) {
    self.init(
      batch.slices.filter { !$0.outputs.isEmpty }
        .map { slice in (slice.outputs.map { slice.position + $0 }, slice.blocks) },
      in: cache)
  }

  package var positions: [Int] { slices.flatMap(\.positions) }

  private init(_ parts: [(positions: [Int], blocks: [KVBlockPool.Block])], in cache: KVStorage) {
    var slices: [Slice] = []
    var count = 0
    for part in parts {
      slices.append(Slice(firstRow: count, positions: part.positions, blocks: part.blocks))
      count += part.positions.count
    }
    self.slices = slices
    self.count = count
    plan = AttentionPlan(slices, cache)
  }
}

extension Batch {
  package var tokens: [Token] { slices.flatMap(\.tokens) }

  /// The rows, counted over the whole batch, whose outputs are wanted.
  package var outputRows: [Int] {
    var rows: [Int] = []
    var first = 0
    for slice in slices {
      rows += slice.outputs.map { first + $0 }
      first += slice.tokens.count
    }
    return rows
  }
}
