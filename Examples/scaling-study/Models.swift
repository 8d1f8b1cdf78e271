import Foundation
import Ponder

/// The checkpoints of a study.
struct Models: Sendable {
  /// The small policy.
  let policy: LocalModel
  /// Larger ones, ascending by parameters.
  let larger: [LocalModel]
  /// The verifier, if it is a model.
  let rewardModel: LocalModel?

  init(policy: String, larger: [String], rewardModel: String?) async throws {
    self.policy = try await LocalModel.load(from: URL(filePath: policy))
    var others: [LocalModel] = []
    for path in larger { others.append(try await LocalModel.load(from: URL(filePath: path))) }
    self.larger = others.sorted { $0.description.parameterCount < $1.description.parameterCount }
    if let rewardModel {
      self.rewardModel = try await LocalModel.load(from: URL(filePath: rewardModel))
    } else {
      self.rewardModel = nil
    }
  }

  var verifierName: String { rewardModel?.description.name ?? "arithmetic" }

  /// What scores steps: the reward model behind a memory of its own, or the arithmetic of each step.
  func processRewardModel() throws -> any ProcessRewardModel {
    guard let rewardModel else { return StepwiseVerifier(ArithmeticVerifier()) }
    return try LearnedProcessRewardModel(MemoizedScoringModel(rewardModel))
  }
}
