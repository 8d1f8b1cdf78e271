import Foundation
import Testing

@Suite struct SolveCommandTests {
  /// The first problems of the test set, whose answers are there.
  private static let problems = Tool.root.appending(path: "Examples/Problems/test.jsonl")

  private func firstProblems(_ count: Int, _ body: (String) throws -> Void) throws {
    let lines = try String(contentsOf: Self.problems, encoding: .utf8).split(separator: "\n").prefix(count)
    let file = FileManager.default.temporaryDirectory.appending(path: "problems-\(UUID().uuidString).jsonl")
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }

  @Test func aFileOfProblemsGivesALineForEachAndASummary() throws {
    try firstProblems(5) { file in
      let arguments = ["solve", Tool.model, "--problems", file, "-n", "4", "--seed", "3"]
      let objects = try Tool(arguments + ["--json"]).objects()
      #expect(Set(objects.compactMap { $0["id"] as? String }).count == 5)
      let right = objects.count { $0["isCorrect"] as? Bool == true }
      let plain = try Tool(arguments)
      #expect(plain.status == 0)
      let lines = plain.output.split(separator: "\n")
      #expect(lines.count == 5 && lines.count { $0.hasPrefix("✓") } == right)
      #expect(plain.errors.contains("\(right) of 5 right"))
    }
  }

  @Test func theProblemsOutcomeIsThatOfTheProblemAlone() throws {
    try firstProblems(3) { file in
      let together = try Tool("solve", Tool.model, "--problems", file, "-n", "4", "--concurrency", "3", "--json")
      let alone = try Tool("solve", Tool.model, "--problems", file, "-n", "4", "--concurrency", "1", "--json")
      #expect(Set(together.output.split(separator: "\n")).count == 3)
      func answers(_ tool: Tool) throws -> [String: String] {
        var answers: [String: String] = [:]
        for object in try tool.objects() { answers[object["id"] as? String ?? ""] = object["text"] as? String }
        return answers
      }
      #expect(try answers(together) == answers(alone))
    }
  }

  @Test(arguments: ["beam", "dvts", "rebase", "particles"])
  func searchesOverStepsGiveAnAnswer(strategy: String) throws {
    let question =
      "Mia has 245 stamps. Mia finds 138 more stamps. Mia sells 70 stamps. How many stamps does Mia have now?"
    let tool = try Tool(
      "solve", Tool.model, "--problem", question, "--strategy", strategy, "-n", "8", "--seed", "3", "--json")
    #expect(tool.status == 0)
    #expect(try tool.objects().first?["answer"] as? String == "313")
  }

  @Test(arguments: [
    (["--strategy", "beam", "-n", "6", "--problem", "x"], "multiple of 4"), ([], "--problem"),
    (["--problem", "x", "--problems", "y"], "not both"), (["--problem", "x", "--concurrency", "0"], "--concurrency"),
  ])
  func impossibleOptionsAreRefused(arguments: [String], reason: String) throws {
    let tool = try Tool(["solve", Tool.model] + arguments)
    #expect(tool.status == 64 && tool.output.isEmpty)
    #expect(tool.errors.contains(reason))
  }

  @Test func aMissingFileOfProblemsIsNamed() throws {
    let tool = try Tool("solve", Tool.model, "--problems", "no-such-file.jsonl")
    #expect(tool.status == 1 && tool.errors.contains("no-such-file.jsonl"))
  }
}
