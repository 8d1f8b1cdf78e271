import Foundation
import Testing

private let question =
  "Mia has 245 stamps. Mia finds 138 more stamps. Mia sells 70 stamps. "
  + "How many stamps does Mia have now?"

@Suite struct ToolTests {
  @Test(arguments: ["inspect", "tokenize", "logits", "generate", "solve", "grade", "probe"])
  func everySubcommandHasHelp(name: String) throws {
    let tool = try Tool(name, "--help")
    #expect(tool.status == 0)
    #expect(tool.output.contains("USAGE: ponder \(name)"))
  }

  @Test(arguments: [
    ["inspect", "no-such-file"], ["tokenize", "no-such-file"], ["logits", "no-such-file", "--tokens", "1"],
    ["generate", "no-such-file", "--prompt", "x"], ["solve", "no-such-file", "--problem", "x"],
  ])
  func whatGoesWrongIsOnStandardErrorWithStatusOne(arguments: [String]) throws {
    let tool = try Tool(arguments)
    #expect(tool.status == 1)
    #expect(tool.output.isEmpty)
    #expect(tool.errors.contains("no-such-file"))
  }

  @Test(arguments: [
    ["no-such-command"], ["generate", "model"], ["generate", "model", "--prompt", "x", "-n", "0"],
    ["generate", "model", "--prompt", "x", "--temperature", "-1"], ["logits", "model", "--tokens", "1,two"],
    ["solve", "model", "--problem", "x", "--strategy", "oracle"], ["inspect"],
  ])
  func wrongUsageHasStatusSixtyFour(arguments: [String]) throws {
    let tool = try Tool(arguments)
    #expect(tool.status == 64)
    #expect(tool.output.isEmpty && !tool.errors.isEmpty)
  }

  @Test func inspectNamesArchitectureTokenizerTemplateAndTensors() throws {
    let tool = try Tool("inspect", Tool.model)
    for fact in ["llama", "F16", "Llama 3", "tokenizer.json", "model.embed_tokens.weight", "149,952"] {
      #expect(tool.output.contains(fact), "\(fact)")
    }
    let object = try #require(try Tool("inspect", Tool.model, "--json").objects().first)
    #expect(object["parameterCount"] as? Int == 149_952)
    #expect((object["tensors"] as? [Any])?.count == 29)
  }

  @Test func tokenizingThereAndBackKeepsTheText() throws {
    let ids = try Tool("tokenize", Tool.model, "--json", input: question).output
    #expect(ids.hasPrefix("["))
    #expect(try Tool("tokenize", Tool.model, "--decode", input: ids).output == question)
  }

  @Test func specialTokensAreAddedAndParsedOnlyWhenAsked() throws {
    let plain = try Tool("tokenize", Tool.model, input: "<|eot_id|>").output.split(separator: " ")
    let special = try Tool("tokenize", Tool.model, "--special", input: "<|eot_id|>").output
    #expect(plain.count > 2)
    #expect(special == "603 607\n")
  }

  @Test func decodingRefusesWhatIsNoToken() throws {
    let tool = try Tool("tokenize", Tool.model, "--decode", input: "1 2 99999")
    #expect(tool.status == 1)
    #expect(tool.errors.contains("99999"))
  }

  @Test func logitsRefuseATokenOutsideOfTheVocabulary() throws {
    let tool = try Tool("logits", Tool.model, "--tokens", "1,608")
    #expect(tool.status == 1)
    #expect(tool.errors.contains("608"))
  }

  @Test func generationStreamsTextAndSaysAllInJSON() throws {
    let text = try Tool("generate", Tool.model, "--prompt", question, "--temperature", "0", "--max-tokens", "60").output
    #expect(text.contains("\\boxed{"))
    let objects = try Tool(
      "generate", Tool.model, "--prompt", question, "--temperature", "0", "--max-tokens", "60", "-n", "2", "--json"
    ).objects()
    #expect(objects.count == 2)
    #expect(objects[0]["text"] as? String == String(text.dropLast()))
    #expect(objects[0]["finishReason"] as? String == "end-of-text")
    let tokens = try #require(objects[0]["tokens"] as? [Int])
    #expect((objects[0]["logProbabilities"] as? [Double])?.count == tokens.count)
    #expect((objects[0]["usage"] as? [String: Int])?["generatedTokens"] == tokens.count)
  }

  @Test func theSameSeedGivesTheSameText() throws {
    func text(_ seed: String) throws -> String {
      try Tool("generate", Tool.model, "--prompt", question, "--seed", seed, "--temperature", "2", "-n", "3", "--json")
        .output
    }
    #expect(try text("5") == text("5"))
    #expect(try text("5") != text("6"))
  }

  @Test func rawSkipsTheTemplate() throws {
    func promptTokens(_ flag: String...) throws -> Int? {
      let arguments = ["generate", Tool.model, "--prompt", "245+38=", "--max-tokens", "1", "--json"] + flag
      return (try Tool(arguments).objects().first?["usage"] as? [String: Int])?["promptTokens"]
    }
    // Beginning of text, 2 4 5 + 3 8 =
    #expect(try promptTokens("--raw") == 8)
    #expect(try #require(try promptTokens()) > 8)
  }

  @Test(arguments: ["best-of-n", "majority", "weighted"])
  func solvingGivesAnAnswerFromAllTries(strategy: String) throws {
    let arguments = ["solve", Tool.model, "--problem", question, "--strategy", strategy, "-n", "8", "--seed", "3"]
    let object = try #require(try Tool(arguments + ["--json"]).objects().first)
    #expect((object["candidates"] as? [Any])?.count == 8)
    #expect(object["answer"] as? String == "313")
    let plain = try Tool(arguments)
    #expect(plain.output == (object["text"] as? String ?? "") + "\n")
    #expect(plain.errors.contains("8 tries"))
  }

  @Test func aBudgetOfNothingSaysSo() throws {
    let tool = try Tool("solve", Tool.model, "--problem", question, "--budget", "0")
    #expect(tool.status == 1)
    #expect(tool.output.isEmpty && tool.errors.contains("0 tries"))
  }

  /// Nothing but results is on standard output: each subcommand's is one JSON value a line, from the first byte.
  @Test(arguments: [
    (["inspect"], ""), (["tokenize"], "one text"), (["tokenize", "--decode"], "1 2 3"),
    (["logits", "--tokens", "1,2"], ""),
    (["generate", "--prompt", question, "-n", "2"], ""), (["solve", "--problem", question, "-n", "4"], ""),
  ])
  func jsonIsAllThatStandardOutputHolds(_ arguments: [String], _ input: String) throws {
    var arguments = arguments
    arguments.insert(Tool.model, at: 1)
    let tool = try Tool(arguments + ["--json"], input: input)
    #expect(tool.status == 0 && tool.errors.isEmpty)
    let lines = tool.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.last == "" && lines.count == (arguments.contains("generate") ? 3 : 2))
    for line in lines.dropLast() {
      #expect(throws: Never.self) {
        try JSONSerialization.jsonObject(with: Data(line.utf8), options: .fragmentsAllowed)
      }
    }
  }

  @Test func decodingGivesSpecialTokensOnlyWhenAsked() throws {
    #expect(
      try Tool("tokenize", Tool.model, "--decode", input: "603 17 607").output
        == Tool("tokenize", Tool.model, "--decode", input: "17").output)
    #expect(try Tool("tokenize", Tool.model, "--decode", "--special", input: "[607]").output == "<|eot_id|>")
    #expect(try Tool("tokenize", Tool.model, "--decode", "--json", input: "[607]").output == "\"\"\n")
  }
}
