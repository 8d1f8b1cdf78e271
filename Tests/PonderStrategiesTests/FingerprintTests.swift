import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// A strategy that keeps a value of a private type, as an app may.
private struct Tagged: Strategy {
  private struct Tag: Sendable {
    var name: String
  }

  private let tag: Tag

  init(_ name: String) { tag = Tag(name: name) }

  var label: String { "tagged" }

  func run(_ problem: Problem, in context: RunContext) async -> Outcome { Outcome(candidates: []) }
}

struct FingerprintTests {
  static let rewardModel = SimulatedRewardModel()

  static func searches(_ number: Int, delimiter: String = Step.delimiter) -> [any Strategy] {
    let settings = SearchSettings(delimiter: delimiter)
    return [
      BeamSearch(4 * number, guidedBy: rewardModel, settings: settings),
      DiverseTreeSearch(4 * number, guidedBy: rewardModel, settings: settings),
      RewardBalancedSearch(number, guidedBy: rewardModel, settings: settings),
      ParticleFilter(number, guidedBy: rewardModel, settings: settings),
      MonteCarloTreeSearch(iterations: number, guidedBy: rewardModel, settings: settings),
      SpeculativeRejection(number, scoredBy: rewardModel.reduced(.last)),
      BeamSearch(4 * number, guidedBy: rewardModel, settings: settings).limited(to: .tokens(400)),
      Tagged("\(number)"),
    ]
  }

  /// A private type is described by where it lies, which no other process would agree with.
  @Test func tellsNoPlaceInMemory() {
    for strategy in Self.searches(2) + [Nested.strategy()] {
      #expect(!strategy.fingerprint.contains("unknown context"), "\(strategy.fingerprint)")
      #expect(!strategy.fingerprint.contains("0x"), "\(strategy.fingerprint)")
    }
    #expect(Tagged("a").fingerprint.hasSuffix("Tagged.Tag(name: \"a\"))"))
  }

  @Test func isTheSameForTheSameConfigurationOnly() {
    let twice = zip(Self.searches(2), Self.searches(2)).map { ($0.fingerprint, $1.fingerprint) }
    #expect(twice.allSatisfy { $0.0 == $0.1 })
    #expect(Set(twice.map(\.0)).count == twice.count)
    for (one, other) in zip(Self.searches(2), Self.searches(3)) { #expect(one.fingerprint != other.fingerprint) }
    let (lines, paragraphs) = (Self.searches(2, delimiter: "\n"), Self.searches(2))
    for (one, other) in zip(lines, paragraphs).prefix(5) { #expect(one.fingerprint != other.fingerprint) }
  }

  /// What a run wrote before it was killed is taken up by a search that another process describes.
  @Test func aTraceOfATreeSearchIsTakenUp() async throws {
    let search = MonteCarloTreeSearch(iterations: 8, guidedBy: Self.rewardModel)
    let problem = SimulatedProblem(3, steps: 3).problem
    let model = SimulatedReasoner(successByLevel: [0.7])
    let first = try await search.solve(problem, on: model, seed: 2)
    let written = try #require(first.trace.header?.strategy)
    #expect(written.hasPrefix("StepSearch<MonteCarloPolicy>(mcts, "))
    #expect(written.contains("iterations: 8") && written.contains("phrases: all"))
    let again = try await search.solve(problem, on: model, seed: 2, resuming: Trace(first.trace.events.dropLast(5)))
    #expect(again == first)
  }
}
