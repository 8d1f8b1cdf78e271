import PonderCore
import Synchronization
import Testing

@Suite struct ThreadPoolTests {
  /// How often each part ran.
  private final class Counts: Sendable {
    private let counts: Mutex<[Int]>

    init(_ parts: Int) { counts = Mutex(Array(repeating: 0, count: parts)) }

    func record(_ part: Int) { counts.withLock { $0[part] += 1 } }
    var all: [Int] { counts.withLock { $0 } }
  }

  @Test(arguments: [1, 2, 7]) func everyPartRunsOnce(helpers: Int) {
    let pool = ThreadPool(helpers: helpers)
    for parts in [0, 1, 2, 3, 64, 1000] {
      let counts = Counts(parts)
      pool.run(parts) { counts.record($0) }
      #expect(counts.all.allSatisfy { $0 == 1 })
    }
  }

  @Test func whatPartsWroteIsThereAfterwards() {
    let pool = ThreadPool(helpers: 3)
    let values = UnsafeMutablePointer<Int>.allocate(capacity: 100)
    defer { values.deallocate() }
    nonisolated(unsafe) let shared = values
    // Short regions in a row: threads that come late to one find themselves in the next.
    for round in 0..<2000 {
      pool.run(1 + round % 100) { shared[$0] = round }
      #expect((0...round % 100).allSatisfy { shared[$0] == round })
    }
  }

  @Test func severalThreadsCanCallAtOnce() async {
    let pool = ThreadPool(helpers: 2)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 {
        group.addTask {
          for _ in 0..<200 {
            let counts = Counts(17)
            pool.run(17) { counts.record($0) }
            if counts.all != Array(repeating: 1, count: 17) { return false }
          }
          return true
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test func aPartCanCallThePoolAgain() {
    let pool = ThreadPool(helpers: 2)
    let counts = Counts(12)
    pool.run(3) { outer in pool.run(4) { inner in counts.record(4 * outer + inner) } }
    #expect(counts.all == Array(repeating: 1, count: 12))
  }

  @Test func manyPoolsComeAndGo() {
    for round in 0..<50 {
      let pool = ThreadPool(helpers: 3)
      if round.isMultiple(of: 2) {
        let counts = Counts(5)
        pool.run(5) { counts.record($0) }
        #expect(counts.all == [1, 1, 1, 1, 1])
      }
    }
  }
}
