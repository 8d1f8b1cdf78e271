import Synchronization

/// Memory that forward passes give back and take again.
///
/// The system clears the pages of a large block each time it is allocated anew, one page at a time as they are touched:
/// 3 % of the time of a pass of sixteen sequences went there.
package enum RecycledMemory {
  /// 64-byte aligned and not initialised; to be given back with the same `byteCount`.
  package static func take(byteCount: Int) -> UnsafeMutableRawPointer {
    let capacity = capacity(for: byteCount)
    let kept = shelves.withLock { $0.take(capacity) }
    return kept?.pointer ?? .allocate(byteCount: capacity, alignment: 64)
  }

  /// Keeps the block for the next that wants one of its size, or frees it.
  package static func giveBack(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let block = Block(pointer: pointer)
    let surplus = shelves.withLock { $0.keep(block, capacity(for: byteCount)) }
    for block in surplus { block.pointer.deallocate() }
  }

  /// `count` elements while `body` runs, not initialised.
  package static func withTemporary<Element: BitwiseCopyable, Result>(
    of type: Element.Type, count: Int, _ body: (UnsafeMutablePointer<Element>) -> Result
  ) -> Result {
    let byteCount = count * MemoryLayout<Element>.stride
    let memory = take(byteCount: byteCount)
    defer { giveBack(memory, byteCount: byteCount) }
    return body(memory.bindMemory(to: type, capacity: count))
  }

  private static let shelves = Mutex(Shelves<Block>())

  /// Rounded up by at most an eighth, so that sizes that differ little share blocks.
  private static func capacity(for byteCount: Int) -> Int {
    let wanted = max(byteCount, 64)
    let step = max(64, (1 << (Int.bitWidth - 1 - wanted.leadingZeroBitCount)) / 8)
    return (wanted + step - 1) / step * step
  }
}

/// What nobody uses at the moment, by size.
package struct Shelves<Block> {
  /// Smaller blocks are left to the allocator, which keeps them itself.
  package static var smallest: Int { 1 << 16 }
  /// Bytes kept at most. The logits of 64 sequences over 128,256 tokens are 33 MB.
  package static var limit: Int { 1 << 27 }

  private var blocks: [Int: [Block]] = [:]
  private var byteCount = 0

  package init() {}

  package mutating func take(_ capacity: Int) -> Block? {
    guard let block = blocks[capacity]?.popLast() else { return nil }
    byteCount -= capacity
    return block
  }

  /// Gives what is to be freed instead. Sizes that have gone out of use leave with the first block that finds no room.
  package mutating func keep(_ block: Block, _ capacity: Int) -> [Block] {
    guard capacity >= Self.smallest, capacity <= Self.limit else { return [block] }
    var surplus: [Block] = []
    if byteCount + capacity > Self.limit {
      surplus = blocks.values.flatMap(\.self)
      blocks.removeAll()
      byteCount = 0
    }
    blocks[capacity, default: []].append(block)
    byteCount += capacity
    return surplus
  }
}

/// Sendable: whoever takes it is the only one who has it.
private struct Block: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
}
