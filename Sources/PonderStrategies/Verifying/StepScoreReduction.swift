import PonderGeneration

/// How the scores of steps become the score of a solution.
public enum StepScoreReduction: String, Sendable, Hashable, Codable, CaseIterable {
  /// The last step's (Snell et al. 2024, arXiv:2408.03314; search-and-learn's default).
  case last
  /// The worst step's (Math-Shepherd, arXiv:2312.08935).
  case min
  /// The product of all (Let's Verify Step by Step, arXiv:2305.20050).
  case product
  /// The mean.
  case mean
  /// The best step's.
  case max

  /// The score of a solution; `nil` without steps.
  public func callAsFunction(_ scores: [Double]) -> Double? {
    var running = Running(self)
    for score in scores { running.add(score) }
    return running.value
  }

  /// Reduces scores one after the other.
  struct Running: Sendable {
    private let reduction: StepScoreReduction
    private var count = 0
    private var result = 0.0

    init(_ reduction: StepScoreReduction) { self.reduction = reduction }

    mutating func add(_ score: Double) {
      count += 1
      result =
        switch reduction {
        case .last: score
        case .min: count == 1 ? score : Swift.min(result, score)
        case .max: count == 1 ? score : Swift.max(result, score)
        case .product: count == 1 ? score : result * score
        case .mean: result + score
        }
    }

    /// Of the scores so far; `nil` without any.
    var value: Double? {
      guard count > 0 else { return nil }
      return reduction == .mean ? result / Double(count) : result
    }
  }
}

/// A process reward model as a verifier: ``ProcessRewardModel/reduced(_:)``.
public struct ReducedVerifier: Verifier {
  /// Scores the steps.
  public let model: any ProcessRewardModel
  /// Makes one score of theirs.
  public let reduction: StepScoreReduction

  /// `reward model (last)`
  public var name: String { "\(model.name) (\(reduction.rawValue))" }
  /// Whether the reward model's scores are, and stay, calibrated.
  public var isCalibrated: Bool { model.isCalibrated && reduction == .last }

  /// As the reward model.
  public func validate(for model: ModelDescription) throws(StrategyError) { try self.model.validate(for: model) }

  /// Verdicts with step scores. A candidate without steps scores 0: there is nothing to be right.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    let results = await model.score(candidates, of: problem, in: context)
    return zip(candidates, results).map { candidate, result in
      result.flatMap { new in
        let scores = candidate.steps.compactMap(\.score) + new
        guard scores.count == candidate.steps.count else {
          return .failure(
            .verifier(
              name: model.name, reason: "gave \(scores.count) scores for \(candidate.steps.count) steps"))
        }
        return .success(Verdict(reduction(scores) ?? 0, stepScores: scores))
      }
    }
  }
}
