import Foundation
import Testing

/// Outputs against transformers in float64, on the random models that `Tests/Fixtures/Transformers/make.py` made.
@Suite struct LogitsCommandTests {
  struct Reference: Decodable {
    var tokens: [Int]
    var logits: [[Float]]

    init(_ model: String) throws {
      let file = URL(filePath: LogitsCommandTests.path(model)).appending(path: "reference.json")
      self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }

    var argument: String { tokens.map(String.init).joined(separator: ",") }
  }

  private static func path(_ model: String) -> String {
    Tool.root.appending(path: "Tests/Fixtures/Transformers/" + model).path
  }

  private func expectEqual(_ actual: some Collection<Float>, _ expected: [Float]) {
    let largest = expected.reduce(0) { max($0, abs($1)) }
    #expect(actual.count == expected.count)
    #expect(zip(actual, expected).allSatisfy { abs($0 - $1) <= 2e-4 * largest })
  }

  /// A language model and a token head give a row a position, a sequence head one row.
  @Test(arguments: [("linear-rope", 40, 32), ("token-reward", 40, 2), ("outcome-reward", 1, 1)])
  func rowsAreThoseOfTheHeadInJSONAndAsRawNumbers(_ model: String, _ rows: Int, _ columns: Int) throws {
    let reference = try Reference(model)
    let arguments = ["logits", Self.path(model), "--tokens", reference.argument]
    let tool = try Tool(arguments)
    #expect(tool.status == 0 && tool.errors.isEmpty)
    let json = try JSONDecoder().decode([[Float]].self, from: Data(tool.output.utf8))
    #expect(json.map(\.count) == Array(repeating: columns, count: rows))
    expectEqual(json.flatMap { $0 }, reference.logits.flatMap { $0 })
    #expect(try Tool(arguments + ["--json"]).output == tool.output)

    let file = FileManager.default.temporaryDirectory.appending(path: "logits-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    let quiet = try Tool(arguments + ["--out", file.path])
    #expect(quiet.status == 0 && quiet.output.isEmpty)
    let bytes = [UInt8](try Data(contentsOf: file))
    // Little-endian float32, row after row.
    let numbers = stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
    #expect(numbers == json.flatMap { $0 })
  }

  @Test func aFileThatCannotBeWrittenIsAnErrorAndLeavesNothing() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "logits-\(UUID().uuidString)")
    let tool = try Tool("logits", Self.path("outcome-reward"), "--tokens", "1", "--out", folder.path + "/none/logits")
    #expect(tool.status == 1)
    #expect(tool.output.isEmpty && !tool.errors.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }

  @Test(arguments: ["", "1,", "-1", "1.5", "99999999999"])
  func whatIsNoTokenIsWrongUsage(_ tokens: String) throws {
    let tool = try Tool("logits", Self.path("outcome-reward"), "--tokens=\(tokens)")
    #expect(tool.status == 64)
    #expect(tool.output.isEmpty && !tool.errors.isEmpty)
  }

  @Test func rawNumbersAndJSONAtOnceAreWrongUsage() throws {
    #expect(try Tool("logits", "model", "--tokens", "1", "--out", "file", "--json").status == 64)
  }
}
