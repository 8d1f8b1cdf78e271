import PonderCore
import Testing

struct RecycledMemoryTests {
  private let size = Shelves<Int>.smallest

  @Test func whatWasKeptIsTakenOnceAndOnlyForItsSize() {
    var shelves = Shelves<Int>()
    #expect(shelves.take(size) == nil)
    #expect(shelves.keep(1, size) == [])
    #expect(shelves.keep(2, 2 * size) == [])
    #expect(shelves.take(4 * size) == nil)
    #expect(shelves.take(size) == 1)
    #expect(shelves.take(size) == nil)
    #expect(shelves.take(2 * size) == 2)
  }

  @Test func smallAndHugeBlocksAreNotKept() {
    var shelves = Shelves<Int>()
    #expect(shelves.keep(1, size - 1) == [1])
    #expect(shelves.keep(2, Shelves<Int>.limit + 1) == [2])
  }

  @Test func aBlockWithoutRoomDrivesOutAllOthers() {
    var shelves = Shelves<Int>()
    let half = Shelves<Int>.limit / 2
    #expect(shelves.keep(1, half) == [])
    #expect(shelves.keep(2, half) == [])
    #expect(shelves.keep(3, size).sorted() == [1, 2])
    #expect(shelves.take(half) == nil)
    #expect(shelves.take(size) == 3)
    // What has left is not counted.
    #expect(shelves.keep(4, Shelves<Int>.limit) == [])
  }

  @Test func blocksInUseNeverOverlap() {
    let sizes = [1, 63, 64, 65, size - 1, size, size + 1, 3 * size, 1 << 20, (1 << 20) + 1]
    for _ in 0..<3 {
      let blocks = sizes.map { RecycledMemory.take(byteCount: $0) }
      for (block, count) in zip(blocks, sizes) {
        #expect(Int(bitPattern: block).isMultiple(of: 64))
        memset(block, count)
      }
      for (block, count) in zip(blocks, sizes) {
        let bytes = UnsafeRawBufferPointer(start: block, count: count)
        #expect(bytes.allSatisfy { $0 == UInt8(truncatingIfNeeded: count) })
        RecycledMemory.giveBack(block, byteCount: count)
      }
    }
  }

  private func memset(_ block: UnsafeMutableRawPointer, _ count: Int) {
    for index in 0..<count {
      block.storeBytes(of: UInt8(truncatingIfNeeded: count), toByteOffset: index, as: UInt8.self)
    }
  }
}
