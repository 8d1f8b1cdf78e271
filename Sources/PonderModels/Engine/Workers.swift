import Dispatch

/// The threads on which a forward pass runs its parts.
///
/// What is computed never depends on how many there are: a part is whole rows of a product, or a whole attention head.
package struct Workers: Sendable {
  /// ≥ 1.
  package let count: Int

  package init(count: Int) {
    precondition(count >= 1, "\(count) workers")
    self.count = count
  }

  /// Below this many multiplications waking a thread costs more than it saves.
  private static let worthwhile = 1 << 19

  /// Calls `body` for each index below `parts`, in any order, on several threads if `work` is worth it.
  ///
  /// - Parameter work: multiplications in all.
  package func forEach(_ parts: Int, work: Int, _ body: @Sendable (Int) -> Void) {
    if count == 1 || parts <= 1 || work < Self.worthwhile {
      for part in 0..<parts { body(part) }
    } else {
      // As many iterations as threads: concurrentPerform would use every core of the machine.
      let threads = min(count, parts)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for part in stride(from: thread, to: parts, by: threads) { body(part) }
      }
    }
  }

  /// Cuts `0..<length` into a range for each thread, at multiples of `tile`.
  package func forEachRange(of length: Int, tile: Int, work: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let tiles = (length + tile - 1) / tile
    let parts = work < Self.worthwhile ? 1 : min(count, tiles)
    forEach(parts, work: work) { part in
      let lower = tiles * part / parts * tile
      let upper = min(length, tiles * (part + 1) / parts * tile)
      body(lower..<upper)
    }
  }
}
