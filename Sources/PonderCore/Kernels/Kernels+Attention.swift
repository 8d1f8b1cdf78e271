internal import CPonderKernels

/// Rows that meet the same 64 positions of the cache, in four panels.
package struct AttentionStep: @unchecked Sendable {
  // Sendable: the addresses of memory that outlives it, which threads only read.
  let step: pk_attention_step

  /// Positions of one panel.
  package static let panel = Int(PK_PANEL)
  /// Positions of one step; steps begin at its multiples.
  package static let positions = Int(PK_STEP)

  /// - Parameters:
  ///   - start: the first position.
  ///   - rows: in the order of ``AttentionRows``.
  ///   - blocks: one to four, which hold the panels of consecutive positions.
  package init(start: Int, rows: Range<Int>, blocks: [UnsafeRawPointer]) {
    precondition(start.isMultiple(of: Self.positions), "a step from position \(start)")
    precondition((1...4).contains(blocks.count), "\(blocks.count) blocks in a step")
    func block(_ index: Int) -> UnsafeRawPointer? { index < blocks.count ? blocks[index] : nil }
    step = pk_attention_step(
      start: start, first_row: rows.lowerBound, row_count: rows.count, blocks: (block(0), block(1), block(2), block(3)))
  }
}

/// Queries, with the query heads that share one key/value head, and where their results go.
package struct AttentionRows {
  package var format: CacheFormat
  /// Of a head.
  package var dimension: Int
  /// Query heads side by side.
  package var heads: Int
  /// Positions that a query sees, its own included; `nil` is all.
  package var window: Int?
  /// Of the first head in row 0; `stride` floats to the next row.
  package var queries: UnsafePointer<Float>
  package var out: UnsafeMutablePointer<Float>
  package var stride: Int
  /// Bytes from the beginning of a block to the panel of this head.
  package var panelOffset: Int
  /// Rows of `queries` and `out` in the order of the steps, and the position of each.
  package var rows: UnsafePointer<Int>
  package var positions: UnsafePointer<Int>
  /// The part of `rows` and `positions` that is computed.
  package var range: Range<Int>

  package init(
    format: CacheFormat, dimension: Int, heads: Int, window: Int?, queries: UnsafePointer<Float>,
    out: UnsafeMutablePointer<Float>, stride: Int, panelOffset: Int, rows: UnsafePointer<Int>,
    positions: UnsafePointer<Int>, range: Range<Int>
  ) {
    self.format = format
    self.dimension = dimension
    self.heads = heads
    self.window = window
    self.queries = queries
    self.out = out
    self.stride = stride
    self.panelOffset = panelOffset
    self.rows = rows
    self.positions = positions
    self.range = range
  }
}

extension Kernels {
  /// out = softmax(q·Kᵀ/√d)·V of each row over the positions that it sees.
  ///
  /// A row gets the same bits whatever other rows there are, whichever of them share its panels, and however rows and
  /// heads are cut into calls.
  ///
  /// - Parameter steps: in ascending order of positions for each row.
  package func attend(_ rows: AttentionRows, _ steps: UnsafeBufferPointer<AttentionStep>) {
    let queries = rows.range.count * rows.heads
    let floats = queries * (2 * rows.dimension + 32) + 2 * AttentionStep.positions * (rows.dimension + 16)
    RecycledMemory.withTemporary(of: Float.self, count: floats) { workspace in
      var attention = pk_attention(
        format: rows.format.code, dimension: rows.dimension, group: rows.heads, window: rows.window ?? -1,
        scale: 1 / Float(rows.dimension).squareRoot(), queries: rows.queries, out: rows.out, stride: rows.stride,
        rows: rows.rows, positions: rows.positions, first_row: rows.range.lowerBound, row_count: rows.range.count,
        offset: rows.panelOffset, workspace: workspace)
      // A step is its only property.
      let first = UnsafeRawPointer(steps.baseAddress)?.assumingMemoryBound(to: pk_attention_step.self)
      table.pointee.attend(&attention, first, steps.count)
    }
  }

  /// Keeps the key and the value, [dimension] each, of one head at `position` < 16 of a panel.
  package func store(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, at position: Int, of panel: UnsafeMutableRawPointer,
    format: CacheFormat, dimension: Int
  ) {
    table.pointee.cache_store(panel, format.code, position, key, value, dimension)
  }
}
