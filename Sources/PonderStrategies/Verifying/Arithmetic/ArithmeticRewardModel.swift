import PonderGeneration

/// A process reward model without a model: recomputes the equations of each step, exactly.
///
/// A step scores 1 while all equations up to its end hold, and every false one among them multiplies that by
/// ``objection``: what stands behind a false equation is as wrong as the equation itself, however many hold beside it. So a
/// search drops a slip where it happens. ``ArithmeticVerifier`` judges whole answers and is milder in long ones. Which equations
/// are read and when one holds is the same for both. Scores are not calibrated.
public struct ArithmeticRewardModel: ProcessRewardModel {
  /// What a false equation multiplies the score by, in 0...1. Above 0, paths that all have one still differ by how many.
  public let objection: Double

  /// Makes the reward model. It is a programming error if `objection` is not in 0...1.
  public init(objection: Double = 0.02) {
    precondition((0...1).contains(objection), "objection is \(objection), must be in 0...1")
    self.objection = objection
  }

  /// `arithmetic`
  public var name: String { "arithmetic" }

  /// The scores of the steps that have none.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    candidates.map { candidate in
      var score = 1.0
      var scores: [Double] = []
      for step in candidate.steps {
        for equation in Equation.all(in: step.text) where !equation.holds { score *= objection }
        if step.score == nil { scores.append(score) }
      }
      return .success(scores)
    }
  }
}

extension ProcessRewardModel where Self == ArithmeticRewardModel {
  /// Recomputes the arithmetic in each step.
  public static var arithmetic: ArithmeticRewardModel { ArithmeticRewardModel() }
}
