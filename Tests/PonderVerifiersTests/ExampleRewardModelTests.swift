import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

/// The trained reward models that the package carries, against what transformers makes of them in float64
/// (`Examples/Training/reference.py`).
@Suite struct ExampleRewardModelTests {
  static let process = ["arithmetic-prm-1.2M", "arithmetic-prm-rollouts-1.2M"]
  static let outcome = "arithmetic-orm-1.2M"

  /// A solution of a held-out problem, or the same with its last equation wrong by one, and the scores of its steps.
  private struct ProcessCase: Decodable {
    var question: String
    var steps: [String]
    var scores: [Double]
  }

  private struct OutcomeCase: Decodable {
    var question: String
    var solution: String
    var score: Double
  }

  private struct Reference<Case: Decodable>: Decodable {
    var cases: [Case]
  }

  private static func cases<Case: Decodable>(_: Case.Type, of name: String) throws -> [Case] {
    let file = ExampleModels.folder(name).appending(path: "reference.json")
    return try JSONDecoder().decode(Reference<Case>.self, from: Data(contentsOf: file)).cases
  }

  @Test(arguments: process) func stepScoresAreThoseOfTransformers(name: String) async throws {
    let cases = try Self.cases(ProcessCase.self, of: name)
    #expect(cases.count == 10)
    let model = try LearnedProcessRewardModel(try await LocalModel.load(from: ExampleModels.folder(name)))
    for expected in cases {
      let candidate = Candidate.given(0, expected.steps.map { Step($0) })
      let outcome = try await model.reduced(.last).scoring([candidate], of: expected.question)
      let scores = outcome.candidates[0].steps.compactMap(\.score)
      #expect(scores.count == expected.scores.count)
      for (score, reference) in zip(scores, expected.scores) { #expect(abs(score - reference) < 1e-4) }
    }
  }

  /// What they were trained for, on problems that they have not seen: cases come in pairs, right and with a slip.
  @Test(arguments: process) func aSlipLowersTheScoreOfItsStep(name: String) throws {
    let cases = try Self.cases(ProcessCase.self, of: name)
    let pairs = stride(from: 0, to: cases.count, by: 2).map { (right: cases[$0], slip: cases[$0 + 1]) }
    for pair in pairs { #expect(zip(pair.right.steps, pair.slip.steps).filter { $0 != $1 }.count == 1) }
    let lowered = pairs.count { pair in
      pair.slip.scores[pair.slip.steps.count - 2] < pair.right.scores[pair.right.steps.count - 2]
    }
    #expect(lowered == pairs.count)
  }

  @Test func theScoreOfAWholeSolutionIsThatOfTransformers() async throws {
    let cases = try Self.cases(OutcomeCase.self, of: Self.outcome)
    #expect(cases.count == 10)
    let model = try OutcomeRewardModel(try await LocalModel.load(from: ExampleModels.folder(Self.outcome)))
    for expected in cases {
      let score = try await model.score(of: expected.solution, answering: expected.question)
      #expect(abs(try #require(score) - expected.score) < 1e-4)
    }
  }
}
