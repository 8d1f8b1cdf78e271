import PonderCore

extension Transformer {
  /// softmax(q·Kᵀ/√d)·V of each row over the positions it sees. q [rows, heads · d] → [rows, heads · d]
  ///
  /// Keys and values are walked block by block in the order of positions. What a row gets depends on its query and on
  /// the blocks' content alone: not on other rows, on who shares the blocks, or on how the prompt was cut.
  func attend(
    _ q: borrowing Activations, _ rows: BatchRows, _ cache: KVStorage, layer: Int
  ) -> Activations {
    let out = Activations(rows: q.rows, width: q.width)
    let kvHeads = configuration.keyValueHeadCount
    let d = configuration.headDimension
    let window = layers[layer].attentionWindow
    let seen = rows.slices.reduce(0) { sum, slice in
      sum + slice.positions.reduce(0) { $0 + min($1 + 1, window ?? .max) }
    }
    let (queries, target) = (SharedPointer(q.pointer), SharedPointer(out.pointer))
    // A part is one key/value head of one sequence, with the query heads that share it.
    workers.forEach(rows.slices.count * kvHeads, work: 2 * seen * configuration.headCount * d) { part in
      let (slice, kvHead) = (rows.slices[part / kvHeads], part % kvHeads)
      let group = configuration.headCount / kvHeads
      withUnsafeTemporaryAllocation(of: Float.self, capacity: (slice.positions.last ?? 0) + 1) { scores in
        guard let scores = scores.baseAddress else { return }
        for (row, position) in slice.positions.enumerated() {
          let visible = max(0, position + 1 - (window ?? .max))..<position + 1
          for head in kvHead * group..<(kvHead + 1) * group {
            let offset = ((slice.firstRow + row) * configuration.headCount + head) * d
            attend(
              target.pointer + offset, query: queries.pointer + offset, visible, slice.blocks, cache, layer: layer,
              kvHead: kvHead, scores: scores)
          }
        }
      }
    }
    return out
  }

  /// One query head of one row: out [d], query [d], scores [visible].
  private func attend(
    _ out: UnsafeMutablePointer<Float>, query: UnsafePointer<Float>, _ visible: Range<Int>,
    _ blocks: [KVBlockPool.Block], _ cache: KVStorage, layer: Int, kvHead: Int, scores: UnsafeMutablePointer<Float>
  ) {
    let size = KVBlockPool.tokensPerBlock
    let d = configuration.headDimension
    let scale = 1 / Float(d).squareRoot()
    /// The part of each block that is visible: its memory, and where its scores are.
    func forEachBlock(
      _ memory: (KVBlockPool.Block) -> UnsafeMutablePointer<Float>,
      _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) {
      var start = visible.lowerBound
      while start < visible.upperBound {
        let end = min((start / size + 1) * size, visible.upperBound)
        body(memory(blocks[start / size]) + start % size * d, scores + (start - visible.lowerBound), end - start)
        start = end
      }
    }
    forEachBlock({ cache.keys($0, layer: layer, head: kvHead) }) { keys, scores, count in
      Kernels.best.attentionScores(
        scores, query: query, keys: keys, count: count, dimension: d, stride: d, scale: scale)
    }
    Kernels.best.softmax(scores, visible.count)
    out.update(repeating: 0, count: d)
    forEachBlock({ cache.values($0, layer: layer, head: kvHead) }) { values, weights, count in
      Kernels.best.attentionSum(out, weights: weights, values: values, count: count, dimension: d, stride: d)
    }
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
        let block = slice.blocks[position / KVBlockPool.tokensPerBlock]
        let offset = position % KVBlockPool.tokensPerBlock * d
        for head in 0..<shape.kvHeads {
          let source = (slice.firstRow + row) * k.width + head * d
          (keys(block, layer: layer, head: head) + offset).update(from: k.pointer + source, count: d)
          (values(block, layer: layer, head: head) + offset).update(from: v.pointer + source, count: d)
        }
      }
    }
  }
}
