import Foundation
import Synchronization
import Testing

@testable import PonderGeneration

@Suite struct TrailTests {
  /// Adds numbers, and counts how many it has looked at.
  private struct Sum: TrailReader {
    final class Looks: Sendable {
      private let count = Atomic(0)
      func add() { count.wrappingAdd(1, ordering: .relaxed) }
      var value: Int { count.load(ordering: .relaxed) }
    }

    let looks: Looks
    var beginning = 0

    static func == (a: Sum, b: Sum) -> Bool { a.looks === b.looks && a.beginning == b.beginning }

    func reading(_ number: Int, after sum: Int) -> Int {
      looks.add()
      return sum + number
    }
  }

  @Test func trailsThatForkOffShareTheirBeginningAndStayApart() {
    let trunk = Trail([1, 2]).appending([3])
    let (left, right) = (trunk.appending([4, 5]), trunk.appending([6]))
    #expect(trunk.elements == [1, 2, 3] && left.elements == [1, 2, 3, 4, 5] && right.elements == [1, 2, 3, 6])
    #expect(left.count == 5 && left.last == 5 && !left.isEmpty && Trail<Int>().isEmpty)
    #expect(left.elements(behind: trunk) == [4, 5] && trunk.elements(behind: left) == nil)
    #expect(right.elements(behind: left) == nil && left.elements(behind: Trail([1, 2, 3, 4])) == [5])
  }

  @Test func aTrailIsTheArrayOfItsElementsHoweverItWasMade() {
    var generator = Seed(5).generator
    var trails: [(trail: Trail<Int>, array: [Int])] = [(Trail(), [])]
    for _ in 0..<300 {
      let (trail, array) = trails[Int(generator.next() % UInt64(trails.count))]
      let place = Int(generator.next() % UInt64(array.count + 3))
      let new = (0..<Int(generator.next() % 4)).map { _ in Int(generator.next() % 2) }
      trails.append((trail.appending(new), array + new))
      #expect(trail.prefix(place).elements == Array(array.prefix(place)))
      #expect(trail.elements(from: place) == Array(array.dropFirst(place)))
      #expect(trail.countAtEnd { $0 == 1 } == array.reversed().prefix { $0 == 1 }.count)
      let reader = Sum(looks: .init())
      let start = min(place, array.count)
      let sums = array.indices.map { array[...$0].reduce(0, +) }
      #expect(trail.readings(by: reader, from: start) == Array(sums.dropFirst(start)))
      #expect(trail.reading(by: reader) == array.reduce(0, +))
      let other = trails[Int(generator.next() % UInt64(trails.count))]
      #expect((trail == other.trail) == (array == other.array))
      let rest = array.starts(with: other.array) ? Array(array.dropFirst(other.array.count)) : nil
      #expect(trail.elements(behind: other.trail) == rest)
      if trail == other.trail { #expect(trail.hashValue == other.trail.hashValue) }
    }
  }

  @Test func aReaderLooksAtWhatIsNewAlone() {
    let reader = Sum(looks: .init())
    var trail = Trail<Int>()
    for number in 0..<1000 {
      trail = trail.appending([number])
      #expect(trail.reading(by: reader) == number * (number + 1) / 2)
    }
    #expect(reader.looks.value == 1000)
    // The children of one trail, and the whole trail once more.
    for number in 0..<10 { #expect(trail.appending([number]).reading(by: reader) == 499_500 + number) }
    #expect(trail.readings(by: reader, from: 998) == [498_501, 499_500])
    #expect(reader.looks.value == 1012)
  }

  @Test func whatAReaderMadeIsKeptOnceHoweverOftenItReads() {
    let trail = Trail([1, 2]).appending([3])
    let reader = Sum(looks: .init())
    for _ in 0..<5 {
      #expect(trail.readings(by: reader, from: 1) == [3, 6] && trail.readings(by: reader, from: 3) == [])
    }
    #expect(trail.end?.notes.withLock { $0.count } == 1)
  }

  @Test func readersThatDifferReadApart() {
    let trail = Trail([1, 2])
    let looks = Sum.Looks()
    #expect(trail.reading(by: Sum(looks: looks)) == 3 && trail.reading(by: Sum(looks: looks, beginning: 10)) == 13)
    #expect(trail.reading(by: Sum(looks: .init())) == 3 && looks.value == 4)
  }

  @Test func manyThreadsMayReadOneTrail() async {
    let trail = (0..<100).reduce(Trail<Int>()) { $0.appending([$1]) }
    let reader = Sum(looks: .init())
    await withTaskGroup(of: Int.self) { group in
      for number in 0..<50 { group.addTask { trail.appending([number]).reading(by: reader) - number } }
      for await sum in group { #expect(sum == 4950) }
    }
  }

  @Test func aVeryLongTrailIsReleasedOnASmallStack() async {
    // A release that went from link to link by itself would take some 100 bytes of stack a link.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let thread = Thread {
        var trail = Trail<Int>()
        for number in 0..<200_000 { trail = trail.appending([number]) }
        done.resume()
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
  }

  @Test func itIsWrittenAsAnArray() throws {
    let trail = Trail([1]).appending([2, 3])
    let data = try JSONEncoder().encode(trail)
    #expect(String(decoding: data, as: UTF8.self) == "[1,2,3]")
    #expect(try JSONDecoder().decode(Trail<Int>.self, from: data) == trail)
  }
}
