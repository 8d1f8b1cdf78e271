import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

@Suite struct LikelihoodTests {
  private static let question =
    "Mia has 245 stamps. Mia finds 138 more stamps. Mia sells 70 stamps. How many stamps does Mia have now?"

  private func candidate(_ steps: [Step]) -> Candidate {
    Candidate(id: Candidate.ID(path: TreePath("given"), number: 0), steps: steps, ending: .endOfText)
  }

  private func scores(_ candidates: [Candidate], by model: LocalModel) async throws -> [[Double]] {
    let judge = try LikelihoodRewardModel(model)
    let strategy = ClosureStrategy(candidates, judge)
    _ = try await strategy.solve(Problem(Self.question), on: model, seed: 1)
    return try strategy.results.value.map { try $0.get() }
  }

  /// The engine's own log-probabilities, read in one piece, give the same numbers.
  @Test func aStepsScoreIsTheLeastLikelyTokenUpToItsEnd() async throws {
    let model = try await Policy.load()
    let steps = [Step("245+138=383\n\n"), Step("383-70=314\n\n"), Step("Answer: \\boxed{314}")]
    let found = try #require(try await scores([candidate(steps)], by: model).first)
    let prompt = try model.encode(.prompt(PromptFormat.chat.prompt(for: Self.question)))
    let texts = try steps.map { try model.encode(.text($0.text)) }
    let request = ScoringRequest([
      .init(.tokens(prompt)), .init(.tokens(texts.flatMap(\.self)), captures: [.logProbabilities]),
    ])
    let read = try #require(try await model.score([request]).first?.get().segments.last?.logProbabilities)
    var end = 0
    let expected = texts.map { tokens in
      end += tokens.count
      return exp(Double(read[..<end].min() ?? 0))
    }
    #expect(found == expected)
    #expect(found[0] > 0.5 && found[1] < 0.1, "the second equation is wrong")
  }

  @Test func stepsWithScoresAreNotReadAgainAndBoundWhatFollows() async throws {
    let model = try await Policy.load()
    let whole = [Step("245+138=383\n\n"), Step("383-70=313\n\n")]
    let all = try #require(try await scores([candidate(whole)], by: model).first)
    let resumed = [Step("245+138=383\n\n", score: 0.25), Step("383-70=313\n\n")]
    #expect(try await scores([candidate(resumed)], by: model) == [[min(0.25, all[1])]])
    #expect(try await scores([candidate([Step("a", score: 0.5)])], by: model) == [[]])
  }

  @Test func aModelWithoutLogProbabilitiesIsRefused() async throws {
    let outcomeModel = try await RewardFixture.outcomeLlama.load()
    #expect(throws: VerifierError.self) { try LikelihoodRewardModel(outcomeModel) }
  }
}

/// Asks a process reward model about given candidates, inside a run.
private struct ClosureStrategy: Strategy {
  final class Box: @unchecked Sendable {
    var value: [Result<[Double], StrategyFailure>] = []
  }

  let candidates: [Candidate]
  let judge: LikelihoodRewardModel
  let results = Box()
  var label: String { "given" }

  init(_ candidates: [Candidate], _ judge: LikelihoodRewardModel) {
    self.candidates = candidates
    self.judge = judge
  }

  func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    results.value = await judge.score(candidates, of: problem, in: context.stage(label))
    return Outcome(candidates: candidates)
  }
}
