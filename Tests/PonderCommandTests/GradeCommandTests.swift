import Foundation
import Testing

@Suite struct GradeCommandTests {
  private func line(_ prediction: String, _ gold: String) throws -> String {
    let object = try JSONSerialization.data(withJSONObject: ["prediction": prediction, "gold": gold])
    return String(decoding: object, as: UTF8.self) + "\n"
  }

  @Test func eachLineHasTheVerdictBothAnswersTheirRulesAndTheirKeys() throws {
    let input =
      try line(#"So it is \boxed{\frac{2}{4}}."#, "The answer is 0.5.")
      + line("I give up, sorry. There is nothing I can say.", "13")
    let tool = try Tool("grade", input: input)
    #expect(tool.status == 0 && tool.errors.isEmpty)
    let verdicts = try tool.objects()
    #expect(verdicts.count == 2)
    #expect(
      verdicts[0] as NSDictionary == [
        "equal": true, "prediction": #"\frac{2}{4}"#, "predictionRule": "boxed", "predictionKey": "1/2",
        "gold": "0.5", "goldRule": "answer", "goldKey": "1/2",
      ] as NSDictionary)
    // A prediction without an answer has neither rule nor key.
    #expect(
      verdicts[1] as NSDictionary == [
        "equal": false, "gold": "13", "goldRule": "wholeText", "goldKey": "13",
      ] as NSDictionary)
  }

  @Test func jsonIsWhatItWritesAnyway() throws {
    let input = try line("1", "1")
    #expect(try Tool("grade", "--json", input: input).output == Tool("grade", input: input).output)
  }

  @Test func emptyInputHasNoVerdicts() throws {
    for input in ["", "\n\n  \n"] {
      let tool = try Tool("grade", input: input)
      #expect(tool.status == 0 && tool.output.isEmpty && tool.errors.isEmpty)
    }
  }

  @Test(arguments: [
    "no json", #"{"prediction": "1"}"#, #"{"gold": "1"}"#, #"{"prediction": 1, "gold": "1"}"#, "[1]",
    #"{"prediction": "1", "gold": "1""#,
  ])
  func aLineThatIsNoPairIsNamedByItsNumber(_ bad: String) throws {
    // The empty line counts; what stands before the bad line is graded.
    let input = try line("1", "1") + "\n" + bad + "\n" + line("2", "2")
    let tool = try Tool("grade", input: input)
    #expect(tool.status == 1)
    #expect(tool.errors.contains("line 3 of standard input") && tool.errors.contains("\"prediction\" and \"gold\""))
    #expect(try tool.objects().count == 1)

    let file = FileManager.default.temporaryDirectory.appending(path: "grade-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(input.utf8).write(to: file)
    let fromFile = try Tool("grade", file.path)
    #expect(fromFile.status == 1)
    #expect(fromFile.errors.contains("line 3 of \(file.path)"))
    #expect(fromFile.output == tool.output)
  }

  @Test func optionsAllowLessOrMore() throws {
    func verdict(_ prediction: String, _ gold: String, _ options: String...) throws -> Bool? {
      try Tool(["grade"] + options, input: line(prediction, gold)).objects().first?["equal"] as? Bool
    }
    #expect(try verdict("0.33", "1/3") == false)
    #expect(try verdict("0.33", "1/3", "--decimal-places", "2") == true)
    #expect(try verdict("50%", "1/2") == true)
    #expect(try verdict("50%", "1/2", "--keys-only") == false)
    #expect(try verdict("2a+b", "2x+y") == false)
    #expect(try verdict("2a+b", "2x+y", "--lenient") == true)
    #expect(try Tool("grade", "--decimal-places", "-1").status == 64)
  }

  @Test func otherFieldsAreIgnoredAndCarriageReturnsToo() throws {
    let tool = try Tool("grade", input: #"{"id": 7, "prediction": "1,000", "gold": "1000"}"# + "\r\n")
    #expect(try tool.objects().map { $0["equal"] as? Bool } == [true])
  }

  @Test func aFileThatIsNotThereIsAnError() throws {
    let tool = try Tool("grade", "no-such-file")
    #expect(tool.status == 1)
    #expect(tool.output.isEmpty && tool.errors.contains("no-such-file"))
  }
}
