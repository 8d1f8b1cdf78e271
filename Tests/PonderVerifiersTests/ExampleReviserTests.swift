import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import Testing

/// The trained reviser that the package carries, against what transformers makes of it in float64
/// (`Examples/Training/reference.py`).
@Suite struct ExampleReviserTests {
  private struct Case: Decodable {
    var question: String
    /// Greedy, each behind the one before it.
    var attempts: [String]
  }

  private struct Reference: Decodable {
    var cases: [Case]
  }

  /// Also that a chain asks for revisions in the words that the reviser learnt.
  @Test func attemptsAreThoseOfTransformers() async throws {
    let folder = ExampleModels.folder("arithmetic-reviser-0.16M")
    let file = folder.appending(path: "reference.json")
    let cases = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file)).cases
    #expect(cases.count == 5)
    let model = try await LocalModel.load(from: folder)
    for expected in cases {
      let chain = RevisionChains(
        length: expected.attempts.count, format: RevisionFormat(history: 1), sampling: .greedy, maximumTokens: 160)
      let outcome = try await chain.solve(Problem(expected.question), on: model, seed: 1)
      #expect(outcome.candidates.map(\.text) == expected.attempts)
    }
    #expect(cases.contains { Set($0.attempts).count > 1 })
  }
}
