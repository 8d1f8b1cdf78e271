import Foundation
import PonderEvaluation
import Testing

@Suite struct RecordLogTests {
  struct Header: Codable, Hashable, Sendable { var model: String }
  struct Record: Codable, Hashable, Sendable { var value: Int }
  typealias Log = RecordLog<Header, Record>

  let file = FileManager.default.temporaryDirectory.appending(path: "record-log-\(UUID().uuidString)/results.jsonl")

  func write(_ groups: [(String, [Int])]) throws {
    let log = try Log(at: file, header: Header(model: "a"))
    for (name, values) in groups { try log.append(name, values.map { Record(value: $0) }) }
  }

  @Test func whatWasAddedIsThereAgain() throws {
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try write([("one", [1, 2]), ("two", [])])
    try write([("three", [3])])
    let log = try Log(at: file, header: Header(model: "a"))
    #expect(log.records.map(\.value) == [1, 2, 3])
    #expect(log.contains("one") && log.contains("two") && log.contains("three") && !log.contains("four"))
    #expect(log.records(of: ["three", "four", "two", "one"]).map(\.value) == [3, 1, 2])
    try log.append("four", [Record(value: 4)])
    #expect(log.records(of: ["four", "three"]).map(\.value) == [4, 3])
  }

  /// Whatever byte the file was cut at, whole groups survive, nothing else does, and the run goes on.
  @Test func aFileCutAnywhereKeepsItsWholeGroups() throws {
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try write([("one", [1, 2]), ("two", [3])])
    let whole = try Data(contentsOf: file)
    let ends = whole.indices.filter { whole[$0] == 10 }.map { $0 + 1 }
    // Lines: header, 1, 2, "one", 3, "two".
    #expect(ends.count == 6)
    for length in 0...whole.count {
      try whole.prefix(length).write(to: file)
      let log = try Log(at: file, header: Header(model: "a"))
      let expected = length < ends[3] ? [] : length < ends[5] ? [1, 2] : [1, 2, 3]
      #expect(log.records.map(\.value) == expected, "cut at \(length)")
      if !log.contains("two") { try log.append("two", [Record(value: 3)]) }
      #expect(try Log(at: file, header: Header(model: "a")).contains("two"), "cut at \(length)")
    }
  }

  @Test func aFileOfAnotherRunIsRefusedAndKept() throws {
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try write([("one", [1])])
    let before = try Data(contentsOf: file)
    #expect {
      try Log(at: file, header: Header(model: "b"))
    } throws: { error in
      if case RecordLogError.otherRun = error { true } else { false }
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func aWholeLineThatIsNoRecordIsAnErrorWithItsNumber() throws {
    defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
    try write([("one", [1])])
    try (try Data(contentsOf: file) + Data("nonsense\n".utf8)).write(to: file)
    #expect {
      try Log(at: file, header: Header(model: "a"))
    } throws: { error in
      if case RecordLogError.malformed(_, 4, _) = error { true } else { false }
    }
  }
}
