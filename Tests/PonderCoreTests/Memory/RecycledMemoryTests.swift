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
    let sizes = [1, 63, 64, 65, size - 1, size, size + 1, 3 * size, 1 << 20, 1 << 20]
    for _ in 0..<3 {
      let blocks = sizes.map { UnsafeMutableRawBufferPointer(start: RecycledMemory.take(byteCount: $0), count: $0) }
      for (number, block) in blocks.enumerated() {
        #expect(Int(bitPattern: block.baseAddress).isMultiple(of: 64))
        _ = block.initializeMemory(as: UInt8.self, repeating: UInt8(number))
      }
      for (number, block) in blocks.enumerated() {
        #expect(block.allSatisfy { $0 == UInt8(number) })
        if let start = block.baseAddress { RecycledMemory.giveBack(start, byteCount: block.count) }
      }
    }
  }
}
