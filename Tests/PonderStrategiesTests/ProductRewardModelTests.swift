import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Synchronization
import Testing

/// Scores steps with what a table says of their texts; of others nothing is known.
private struct TableRewardModel: ProcessRewardModel {
  let name: String
  let table: [String: Double]

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    candidates.map { candidate in
      .success(candidate.steps.filter { $0.score == nil }.map { table[$0.text] ?? .nan })
    }
  }
}

/// Counts how often it is asked.
private final class CountingRewardModel: ProcessRewardModel, CustomStringConvertible {
  private let calls = Atomic(0)
  let name = "counting"
  let description = "CountingRewardModel"
  var count: Int { calls.load(ordering: .relaxed) }

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    calls.wrappingAdd(1, ordering: .relaxed)
    return candidates.map { .success($0.steps.filter { $0.score == nil }.map { _ in 0.5 }) }
  }
}

struct ProductRewardModelTests {
  static let problem = SimulatedProblem(3, steps: 3).problem
  static let model = ClosureModel { _ in .text("a\n\nb") }

  /// The step scores and the score of "a", "b", by these reward models in turn.
  static func outcome(_ members: [any ProcessRewardModel]) async throws -> Outcome {
    let strategy = Sample(1).scored(by: ProductRewardModel(members).reduced(.last))
    return try await strategy.solve(problem, on: model, seed: 1)
  }

  @Test func aStepScoresTheProductOfWhatAllSayOfIt() async throws {
    // 0.5 · 0.8 = 0.4 and 1 · 0.25 = 0.25, by hand.
    let one = TableRewardModel(name: "one", table: ["a\n\n": 0.5, "b": 1])
    let other = TableRewardModel(name: "other", table: ["a\n\n": 0.8, "b": 0.25])
    let candidate = try #require(try await Self.outcome([one, other]).candidates.first)
    #expect(candidate.steps.map(\.score) == [0.4, 0.25])
    #expect(candidate.score == 0.25)
    #expect(one.multiplied(by: other).name == "one × other")
    // The order of the factors is no matter.
    #expect(try await Self.outcome([other, one]).candidates.first?.score == 0.25)
  }

  /// A score that is none is the error of the one that gave it.
  @Test func theOneThatFailsIsNamed() async throws {
    let good = TableRewardModel(name: "good", table: ["a\n\n": 1, "b": 1])
    let bad = TableRewardModel(name: "bad", table: ["a\n\n": 1])
    for members in [[good, bad], [bad, good]] {
      let outcome = try await Self.outcome(members)
      #expect(outcome.trace.failures == [.invalidScore(verifier: "bad", score: "nan")])
      #expect(outcome.candidates.first?.score == nil)
    }
  }

  @Test func aProductOfNothingIsRefused() async {
    await #expect(throws: StrategyError.invalidConfiguration("a product of reward models needs one at least")) {
      try await BeamSearch(4, guidedBy: ProductRewardModel([])).solve(Self.problem, on: Self.model, seed: 1)
    }
  }

  /// Either objection keeps a search from a step: two halves of knowledge make a whole.
  @Test func whatOneCannotSeeAnotherMay() async throws {
    let (blind, seeing) = (SimulatedRewardModel(discrimination: 0), SimulatedRewardModel(discrimination: 4, seed: 1))
    let model = SimulatedReasoner(successByLevel: [0.6])
    func solved(_ rewardModel: some ProcessRewardModel) async throws -> Int {
      var count = 0
      for number in 0..<40 {
        let simulated = SimulatedProblem(number, steps: 4)
        let search = BeamSearch(8, guidedBy: rewardModel)
        let outcome = try await search.solve(simulated.problem, on: model, seed: Seed(UInt64(number)))
        let answer = outcome.selected.flatMap { AnswerConvention.boxedAnswer.read($0.text) }
        count += answer.map { $0.answer.text == simulated.problem.reference } == true ? 1 : 0
      }
      return count
    }
    let (alone, together) = (try await solved(blind), try await solved(blind.multiplied(by: seeing)))
    #expect(together > alone, "\(together) against \(alone)")
  }

  /// Whether a reward model calls through the context or works by itself, what it answered is not asked of it again.
  @Test func membersOfBothKindsAreAskedOnce() async throws {
    let byItself = CountingRewardModel()
    let throughTheContext = StepwiseVerifier(HeadVerifier(model: Nested.head))
    let search = BeamSearch(4, guidedBy: throughTheContext.multiplied(by: byItself))
    let model = SimulatedReasoner(successByLevel: [0.7])
    let first = try await search.solve(Self.problem, on: model, seed: 2)
    let asked = byItself.count
    #expect(asked > 1)
    #expect(try await search.solve(Self.problem, on: model, seed: 2, resuming: first.trace) == first)
    #expect(byItself.count == asked)
  }

  /// Killed anywhere, a run asks none of them again for what it has answered.
  @Test func aRunThatWasKilledGoesOnToTheSame() async throws {
    let both = SimulatedRewardModel().multiplied(by: .stepwise(.arithmetic))
    let search = BeamSearch(4, guidedBy: both)
    let model = SimulatedReasoner(successByLevel: [0.7])
    let first = try await search.solve(Self.problem, on: model, seed: 2)
    for count in stride(from: 1, to: first.trace.events.count, by: 5) {
      let trace = Trace(first.trace.events.prefix(count))
      #expect(try await search.solve(Self.problem, on: model, seed: 2, resuming: trace) == first)
    }
  }
}
