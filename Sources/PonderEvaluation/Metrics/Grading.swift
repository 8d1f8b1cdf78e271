import PonderAnswers
import PonderStrategies

/// Tells right from wrong by a problem's reference answer.
public struct Grading: Sendable {
  /// How answers are read and compared: the same relation as a vote's.
  public let convention: AnswerConvention

  /// Makes a grading.
  public init(_ convention: AnswerConvention = .math) { self.convention = convention }

  /// Whether a text gives the reference answer. A text without a readable answer is wrong.
  public func isCorrect(_ text: String, reference: String) -> Bool {
    convention.read(text)?.key == convention.equivalence.key(for: reference)
  }

  /// Whether an outcome's selected candidate is right; `nil` for a problem without a reference.
  public func isCorrect(_ outcome: Outcome, on problem: Problem) -> Bool? {
    problem.reference.map { reference in
      outcome.selected.map { isCorrect($0.text, reference: reference) } ?? false
    }
  }

  /// Which candidates are right, in order; `nil` for a problem without a reference.
  public func correctness(of candidates: [Candidate], on problem: Problem) -> [Bool]? {
    problem.reference.map { reference in candidates.map { isCorrect($0.text, reference: reference) } }
  }
}
