import PonderCore

/// In which order the rows of a batch meet the blocks of the cache, so that a block which several sequences share is
/// read once for all of them.
///
/// This is cascade attention (Ye et al. 2024; Juravsky et al. 2024, arXiv:2402.05099) over any tree of shared prefixes:
/// with sequences sorted by their blocks, those that share a step's four blocks are neighbours at every depth. Sharing
/// decides only how many queries meet a block at once; the steps of a row, and so its bits, are always the same.
package struct AttentionPlan: Sendable {
  /// Rows of the batch in the order of the plan, and the position of each.
  package private(set) var rows: [Int] = []
  package private(set) var positions: [Int] = []
  /// By position, then by row.
  package private(set) var steps: [AttentionStep] = []

  /// - Parameter cache: has memory for the blocks of all slices.
  package init(_ slices: [BatchRows.Slice], _ cache: KVStorage) {
    let slices = slices.sorted { $0.blocks.lexicographicallyPrecedes($1.blocks) }
    /// Where each slice's rows begin in the plan; one more at the end.
    var firstRows: [Int] = []
    for slice in slices {
      firstRows.append(rows.count)
      rows += slice.firstRow..<slice.firstRow + slice.positions.count
      positions += slice.positions
    }
    firstRows.append(rows.count)

    let longest = (positions.max() ?? -1) + 1
    for start in stride(from: 0, to: longest, by: AttentionStep.positions) {
      var next = 0
      while next < slices.count {
        let first = next
        let blocks = slices[first].blocks(from: start)
        repeat { next += 1 } while next < slices.count && slices[next].blocks(from: start) == blocks
        guard !blocks.isEmpty else { continue }
        steps.append(
          AttentionStep(
            start: start, rows: firstRows[first]..<firstRows[next],
            blocks: blocks.map { UnsafeRawPointer(cache.memory(of: $0)) }))
      }
    }
  }
}

extension BatchRows.Slice {
  /// Those of one step.
  fileprivate func blocks(from start: Int) -> ArraySlice<KVBlockPool.Block> {
    let first = start / KVBlockPool.tokensPerBlock
    let last = min(blocks.count, first + AttentionStep.positions / KVBlockPool.tokensPerBlock)
    return first < last ? blocks[first..<last] : []
  }
}
