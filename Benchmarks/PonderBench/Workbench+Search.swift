import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies

extension Workbench {
  /// Steps of about this many tokens, and so many of them.
  private static let (stepTokens, steps) = (32, 6)

  /// A beam search with fresh models, so that nothing is cached before it begins.
  func search(width: Int, branching: Int) async throws -> SearchCost {
    let policy = CountingModel(try await reload())
    let rewardModel = CountingModel(try await reload())
    // A step ends with a line break, which random weights are talked into.
    let lineBreak = try policy.base.token(spelling: "\n")
    let bias = Float(log(Double(model.configuration.vocabularySize) / Double(Self.stepTokens)))
    var sampling = request([0], generated: 1, seed: seed).sampling
    sampling.logitBias.append(.init(token: lineBreak, bias: bias))
    let search = BeamSearch(
      width, branching: branching, guidedBy: LogitRewardModel(model: rewardModel), maximumSteps: Self.steps,
      settings: SearchSettings(
        sampling: sampling, maximumStepTokens: 8 * Self.stepTokens, maximumTokens: 8 * Self.stepTokens,
        delimiter: "\n", answer: nil))
    let question = try model.decode(RandomTokens(seed: seed.derived("question"), model: model).sequence(128, "text"))
    let start = ContinuousClock.now
    let outcome = try await search.solve(Problem(question), on: policy, seed: seed, format: .raw)
    if case .failed(let failure) = outcome.stop { throw failure }
    return SearchCost(
      policy: policy.cost, rewardModel: rewardModel.cost, seconds: (ContinuousClock.now - start) / .seconds(1))
  }
}

/// Scores the last step by two logits behind it, as a process reward model does that is a fine-tuned language model.
private struct LogitRewardModel: ProcessRewardModel {
  let model: CountingModel

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    let requests = candidates.map { candidate in
      ScoringRequest([
        .init(.prompt(.raw(problem.question))),
        .init(.continuation(candidate.continuation), captures: [.logits(of: [0, 1])]),
      ])
    }
    let results = await context.score(requests, on: model)
    return zip(candidates, results).map { candidate, result in
      result.map { scores in
        let logits = scores.segments[1].logits[0].map(Double.init)
        let score = 1 / (1 + exp(logits[1] - logits[0]))
        return candidate.steps.filter { $0.score == nil }.map { _ in score }
      }
    }
  }
}
