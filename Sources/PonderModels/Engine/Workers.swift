import PonderCore

/// The threads on which a forward pass runs its parts.
///
/// What is computed never depends on how many there are: a part is whole output channels of a product, or a whole
/// attention head.
package struct Workers: Sendable {
  /// ≥ 1.
  package let count: Int
  /// `nil` for one thread, which then has nothing to pay.
  private let pool: ThreadPool?

  package init(count: Int) {
    precondition(count >= 1, "\(count) workers")
    self.count = count
    pool = count > 1 ? ThreadPool(helpers: count - 1) : nil
  }

  /// Below this many multiplications sharing costs more than it saves: some microseconds of work.
  private static let worthwhile = 1 << 17

  /// Calls `body` for each index below `parts`, in any order, on several threads if `work` is worth it.
  ///
  /// - Parameter work: multiplications in all.
  package func forEach(_ parts: Int, work: Int, _ body: @Sendable (Int) -> Void) {
    if let pool, parts > 1, work >= Self.worthwhile {
      pool.run(parts, body)
    } else {
      for part in 0..<parts { body(part) }
    }
  }

  /// Cuts `0..<length` at multiples of `tile` into parts that are worth claiming one by one.
  package func forEachRange(of length: Int, tile: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let size = partSize(of: length, tile: tile, work: work)
    forEach((length + size - 1) / size, work: work) { part in body(part * size..<min(length, (part + 1) * size)) }
  }

  /// A multiple of `tile`: as large as leaves each thread four parts, for what is prepared once for a part.
  func partSize(of length: Int, tile: Int, work: Int) -> Int {
    guard work > 0 else { return max(tile, length) }
    let worthClaiming = (length * (Self.worthwhile / 4) / work + tile - 1) / tile
    let tiles = min(Self.largestPart, length / (tile * 4 * count))
    return max(tiles, worthClaiming, 1) * tile
  }

  /// Tiles of a part at most: twice as many are no faster.
  private static let largestPart = 4
}
