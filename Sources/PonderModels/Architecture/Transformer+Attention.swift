import PonderCore

extension Transformer {
  /// softmax(q·Kᵀ/√d)·V of each row over the positions it sees. q [rows, heads · d] → [rows, heads · d]
  ///
  /// What a row gets depends on its query and on the blocks' content alone: not on other rows, on who shares the
  /// blocks, on threads, or on how the prompt was cut.
  func attend(
    _ q: borrowing Activations, _ rows: BatchRows, _ cache: KVStorage, layer: Int
  ) -> Activations {
    let out = Activations(rows: q.rows, width: q.width)
    let d = configuration.headDimension
    let group = configuration.headCount / configuration.keyValueHeadCount
    let window = layers[layer].attentionWindow
    let seen = rows.plan.positions.reduce(0) { $0 + min($1 + 1, window ?? .max) }
    let (queries, target, width, plan) = (SharedPointer(q.pointer), SharedPointer(out.pointer), q.width, rows.plan)
    let parts = AttentionPart.parts(
      kvHeads: configuration.keyValueHeadCount, group: group, rows: rows.count, threads: workers.count)
    workers.forEach(parts.count, work: 2 * seen * configuration.headCount * d) { number in
      let part = parts[number]
      let offset = (part.kvHead * group + part.heads.lowerBound) * d
      plan.rows.withUnsafeBufferPointer { rows in
        plan.positions.withUnsafeBufferPointer { positions in
          plan.steps.withUnsafeBufferPointer { steps in
            guard let rows = rows.baseAddress, let positions = positions.baseAddress else { return }
            Kernels.best.attend(
              AttentionRows(
                format: cache.shape.format, dimension: d, heads: part.heads.count, window: window,
                queries: queries.pointer + offset, out: target.pointer + offset, stride: width,
                panelOffset: cache.shape.panelOffset(layer: layer, head: part.kvHead), rows: rows,
                positions: positions, range: part.rows),
              steps)
          }
        }
      }
    }
    return out
  }
}

/// What one thread does at a time: some rows with some of the query heads that share a key/value head.
private struct AttentionPart {
  var kvHead: Int
  /// Counted from the first that shares it.
  var heads: Range<Int>
  var rows: Range<Int>

  /// Queries of a part at most: their sums stay in the second level of the cache.
  private static let queries = 256

  /// Reading a block is shared by the queries of a part, so there are no more parts than threads or memory ask for.
  static func parts(kvHeads: Int, group: Int, rows: Int, threads: Int) -> [AttentionPart] {
    let ranges = (rows * group + queries - 1) / queries
    guard ranges == 1 else {
      return pieces(of: rows, count: ranges).flatMap { rows in
        (0..<kvHeads).map { AttentionPart(kvHead: $0, heads: 0..<group, rows: rows) }
      }
    }
    // Heads that do not come out even among the threads are cut by rows, or by query heads where there is but one row.
    let whole = kvHeads / threads * threads
    return (0..<kvHeads).flatMap { kvHead -> [AttentionPart] in
      guard kvHead >= whole else { return [AttentionPart(kvHead: kvHead, heads: 0..<group, rows: 0..<rows)] }
      guard rows < threads else {
        return pieces(of: rows, count: threads).map { AttentionPart(kvHead: kvHead, heads: 0..<group, rows: $0) }
      }
      return pieces(of: group, count: min(group, threads)).map {
        AttentionPart(kvHead: kvHead, heads: $0, rows: 0..<rows)
      }
    }
  }

  private static func pieces(of length: Int, count: Int) -> [Range<Int>] {
    (0..<count).map { length * $0 / count..<length * ($0 + 1) / count }
  }
}

extension KVStorage {
  /// Carries out the batch's copies and gives memory to its blocks.
  func prepare(for batch: Batch) {
    for copy in batch.copies { self.copy(copy) }
    for slice in batch.slices { prepare(slice.blocks) }
  }

  /// Keeps the keys and values of a batch's rows. k, v [rows, kvHeads · d]
  func store(_ k: borrowing Activations, _ v: borrowing Activations, _ rows: BatchRows, layer: Int) {
    let d = shape.headDimension
    for slice in rows.slices {
      for (row, position) in slice.positions.enumerated() {
        let block = memory(of: slice.blocks[position / KVBlockPool.tokensPerBlock])
        for head in 0..<shape.kvHeads {
          Kernels.best.store(
            key: k.row(slice.firstRow + row) + head * d, value: v.row(slice.firstRow + row) + head * d,
            at: position % KVBlockPool.tokensPerBlock, of: block + shape.panelOffset(layer: layer, head: head),
            format: shape.format, dimension: d)
        }
      }
    }
  }
}
