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

  package private(set) var slices: [Slice] = []
  package private(set) var count = 0

  /// All rows of the batch.
  package init(_ batch: Batch) {
    for slice in batch.slices {
      append(Array(slice.position..<slice.position + slice.tokens.count), slice.blocks)
    }
  }

  /// Only those rows whose outputs are wanted.
  package init(outputsOf batch: Batch) {
    for slice in batch.slices where !slice.outputs.isEmpty {
      append(slice.outputs.map { slice.position + $0 }, slice.blocks)
    }
  }

  package var positions: [Int] { slices.flatMap(\.positions) }

  private mutating func append(_ positions: [Int], _ blocks: [KVBlockPool.Block]) {
    slices.append(Slice(firstRow: count, positions: positions, blocks: blocks))
    count += positions.count
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
