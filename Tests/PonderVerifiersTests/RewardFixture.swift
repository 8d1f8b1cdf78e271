import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderTesting
import PonderVerifiers

/// A small random reward model of `Fixtures`, and the scores that transformers gives with it (`make_fixtures.py`).
enum RewardFixture: String, CaseIterable, Sendable {
  case rlhflow
  case mathShepherd = "math-shepherd"
  case skywork
  case qwenProcess = "qwen-prm"
  case twoClass = "two-class"
  case outcomeLlama = "outcome-llama"
  case outcomeQwen = "outcome-qwen"

  static let process: [RewardFixture] = [.rlhflow, .mathShepherd, .skywork, .qwenProcess, .twoClass]

  struct Case: Decodable {
    var model: String
    var question: String
    var steps: [String]
    var scores: [Double]
  }

  private struct Expected: Decodable {
    var cases: [Case]
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  private static let expected: [Case] = {
    let file = folder.appending(path: "expected.json")
    return (try? JSONDecoder().decode(Expected.self, from: Data(contentsOf: file)).cases) ?? []
  }()

  var cases: [Case] { Self.expected.filter { $0.model == rawValue } }

  var location: URL { Self.folder.appending(path: rawValue) }

  func load(threads: Int = 1) async throws -> LocalModel {
    var options = LocalModel.Options()
    options.threads = threads
    options.cacheBytes = 1 << 24
    return try await LocalModel.load(from: location, options: options)
  }
}

/// The trained models that the package carries.
enum ExampleModels {
  static func folder(_ name: String) -> URL { models.appending(path: name) }

  private static let models = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Examples/Models")
}

/// The trained policies among them.
enum Policy {
  static func load(_ name: String = "arithmetic-0.16M") async throws -> LocalModel {
    var options = LocalModel.Options()
    options.threads = 2
    return try await LocalModel.load(from: ExampleModels.folder(name), options: options)
  }
}

/// A strategy that gives candidates that are there already.
struct Given: Strategy {
  let candidates: [Candidate]
  let label = "given"

  init(_ candidates: [Candidate]) { self.candidates = candidates }

  func run(_ problem: Problem, in context: RunContext) async -> Outcome { Outcome(candidates: candidates) }
}

extension Candidate {
  /// A solution in steps.
  static func given(_ number: Int = 0, _ steps: [Step], ending: Ending = .endOfText) -> Candidate {
    Candidate(id: ID(path: TreePath("given"), number: number), steps: steps, ending: ending)
  }

  static func given(_ number: Int = 0, _ text: String) -> Candidate { given(number, Step.split(text)) }
}

extension Verifier {
  /// The candidates with this verifier's scores, and the run that scored them.
  func scoring(
    _ candidates: [Candidate], of question: String, on model: any LanguageModel = ScriptedModel([])
  ) async throws -> Outcome {
    try await Given(candidates).scored(by: self).solve(Problem(question), on: model, seed: 1)
  }

  /// The score of one solution.
  func score(of text: String, answering question: String = "?") async throws -> Double? {
    try await scoring([.given(0, text)], of: question).candidates[0].score
  }
}
