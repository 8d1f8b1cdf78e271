import Foundation
import PonderEvaluation
import PonderStrategies
import Testing

@Suite struct ProblemSetTests {
  func read(_ text: String) throws(ProblemSetError) -> ProblemSet {
    try ProblemSet(jsonLines: Data(text.utf8), file: "p")
  }

  @Test func aLineIsAProblem() throws {
    let set = try read(
      """
      {"id": "a", "problem": "1+1?", "answer": "2", "level": 3}

      {"problem": "2+2?", "answer": 4, "other": [1]}
      {"problem": "half?", "answer": 0.5, "level": 1}
      """)
    #expect(set.problems.map(\.id) == ["a", "3", "4"])
    #expect(set.problems.map(\.reference) == ["2", "4", "0.5"])
    #expect(set.levels == [1, 3])
  }

  @Test(arguments: [
    ("{\"problem\": \"q\"}\n{\"question\": \"q\"}", "p:2: the field 'problem' is missing"),
    ("{\"problem\": 4}", "p:1: the field 'problem' has the wrong type"),
    ("nonsense", "p:1: it is no JSON object"),
    ("{\"problem\": \" \"}", "p:1: the problem is empty"),
    ("{\"problem\": \"a\", \"id\": 1}\n{\"problem\": \"b\", \"id\": \"1\"}", "p:2: the id '1' is that of line 1"),
  ])
  func anErrorNamesItsLine(text: String, message: String) {
    #expect {
      try read(text)
    } throws: {
      "\($0)" == message
    }
  }

  @Test func aFileThatIsNotThereIsAnError() {
    #expect(throws: ProblemSetError.self) { try ProblemSet(contentsOf: URL(fileURLWithPath: "/nowhere/p.jsonl")) }
  }
}
