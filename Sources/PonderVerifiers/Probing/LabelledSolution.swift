import PonderGeneration
import PonderStrategies

/// A solution of which it is known whether it is right: what a probe learns from.
public struct LabelledSolution: Sendable, Hashable, Codable {
  /// What was asked.
  public var problem: Problem
  /// What was tried.
  public var candidate: Candidate
  /// Whether it is right.
  public var isRight: Bool

  /// Makes an example.
  public init(_ problem: Problem, _ candidate: Candidate, isRight: Bool) {
    self.problem = problem
    self.candidate = candidate
    self.isRight = isRight
  }
}
