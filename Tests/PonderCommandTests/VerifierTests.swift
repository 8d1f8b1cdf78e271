import Foundation
import Testing

private let question =
  "Mia has 245 stamps. Leo has 38 fewer stamps than Mia. Mia buys 6 packs of 34 stamps. Leo loses 77 stamps. "
  + "Mia gives 59 stamps to Leo. Then Leo has 3 times as many stamps as before. How many stamps do they have together?"

/// `ponder solve --verifier`.
@Suite struct VerifierTests {
  private static let fixtures = Tool.root.appending(path: "Tests/PonderVerifiersTests/Fixtures")

  // Hot, so that tries differ.
  private static let solve = [
    "solve", Tool.model, "--problem", question, "-n", "4", "--seed", "3", "--temperature", "1.6", "--json",
  ]

  private func scores(_ more: String...) throws -> [Double] {
    let object = try #require(try Tool(Self.solve + more).objects().first)
    return (object["candidates"] as? [[String: Any]] ?? []).compactMap { $0["score"] as? Double }
  }

  @Test(arguments: ["arithmetic", "judge", "confidence", "self-consistency"])
  func aVerifierByNameScoresEveryTry(name: String) throws {
    let scores = try scores("--verifier", name)
    #expect(scores.count == 4 && scores.allSatisfy { (0...1).contains($0) })
  }

  @Test(arguments: ["rlhflow", "math-shepherd", "skywork", "qwen-prm", "two-class", "outcome-llama", "outcome-qwen"])
  func aRewardModelOfAnyFormatScoresEveryTry(folder: String) throws {
    let scores = try scores("--verifier", Self.fixtures.appending(path: folder).path, "--strategy", "weighted")
    #expect(scores.count == 4 && Set(scores).count > 1)
  }

  @Test func theReductionIsTheOneThatWasAskedFor() throws {
    let path = Self.fixtures.appending(path: "skywork").path
    let (least, greatest) = (
      try scores("--verifier", path, "--reduction", "min"), try scores("--verifier", path, "--reduction", "max")
    )
    #expect(zip(least, greatest).allSatisfy { $0 < $1 })
  }

  /// A likelihood's score of the last step is that of the whole, so it can be had alone; arithmetic objects to each false equation.
  @Test func aLikelihoodAndArithmeticObjectTogether() throws {
    let likelihood = "likelihood:\(Tool.root.appending(path: "Examples/Models/arithmetic-0.8M").path)"
    let (likely, sound) = (try scores("--verifier", likelihood), try scores("--verifier", "arithmetic"))
    let both = try scores("--verifier", likelihood + "+arithmetic")
    #expect(both.count == 4 && Set(likely).count > 1 && sound.contains { $0 < 1 })
    for (product, factors) in zip(both, zip(likely, sound)) {
      #expect(factors.1 == 1 ? abs(product - factors.0) < 1e-9 : product <= 0.02 * factors.0 + 1e-9)
    }
  }

  @Test func aProbeIsFittedAndScoresTriesOfItsModelOnly() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "probe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (problems, probe) = (folder.appending(path: "p.jsonl"), folder.appending(path: "probe.safetensors").path)
    let all = try String(contentsOf: Tool.root.appending(path: "Examples/Problems/development.jsonl"), encoding: .utf8)
    try all.split(separator: "\n").prefix(15).joined(separator: "\n").write(
      to: problems, atomically: true, encoding: .utf8)
    let fitted = try Tool(
      "probe", Tool.model, "--problems", problems.path, "--out", probe, "-n", "2", "--temperature", "1.2", "--json")
    let validation = try #require(try fitted.objects().first)
    #expect((validation["examples"] as? Int ?? 0) > 20)
    #expect(try scores("--verifier", probe).count == 4)
    let other = Tool.root.appending(path: "Examples/Models/arithmetic-0.8M").path
    let foreign = try Tool("solve", other, "--problem", question, "--verifier", probe)
    #expect(foreign.status == 1 && foreign.errors.contains("fitted on"))
  }

  @Test func whatDoesNotFitIsRefusedByName() throws {
    let nothing = try Tool(Self.solve + ["--verifier", "no-such-verifier"])
    #expect(nothing.status == 1 && nothing.errors.contains("no-such-verifier"))
    let path = Self.fixtures.appending(path: "rlhflow").path
    let foreign = try Tool(Self.solve + ["--verifier", path, "--reward-format", "skywork"])
    #expect(foreign.status == 1 && foreign.errors.contains("skywork"))
    #expect(try Tool(Self.solve + ["--verifier", path, "--reward-format", "none"]).status == 64)
    #expect(try Tool(Self.solve + ["--reduction", "median"]).status == 64)
  }
}
