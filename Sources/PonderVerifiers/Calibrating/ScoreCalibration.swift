import PonderGeneration
import PonderStrategies

/// A function from a verifier's scores to probabilities of being right, fitted on scores whose truth is known.
///
/// It never decreases, so it changes no ranking; it changes sums (weighted votes), products and thresholds.
public protocol ScoreCalibration: Sendable, Codable {
  /// The probability of being right, in [0, 1], at a score in [0, 1].
  func callAsFunction(_ score: Double) -> Double
}

/// Why nothing can be fitted.
public enum FittingError: Error, Sendable, Hashable {
  /// There are not as many labels as examples.
  case mismatched(examples: Int, labels: Int)
  /// All examples have the same label, or there are none.
  case oneSided(examples: Int)
  /// An example is not a finite number in its range.
  case invalidExample(index: Int)
  /// The examples cannot be told apart into so many folds by their problems.
  case tooFewProblems(problems: Int, folds: Int)
  /// A parameter is out of its range.
  case invalidParameter(String)
  /// The normal equations could not be solved.
  case unsolvable(String)
}

extension FittingError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .mismatched(let examples, let labels): "\(examples) examples have \(labels) labels"
    case .oneSided(let count): "all \(count) examples have the same label; right and wrong ones are needed"
    case .invalidExample(let index): "example \(index) is not a finite number in its range"
    case .tooFewProblems(let problems, let folds): "\(problems) problems do not make \(folds) folds"
    case .invalidParameter(let reason): reason
    case .unsolvable(let reason): "the fit has no solution: \(reason)"
    }
  }

  static func check(_ scores: [Double], _ labels: [Bool]) throws(FittingError) {
    guard scores.count == labels.count else { throw .mismatched(examples: scores.count, labels: labels.count) }
    if let index = scores.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) { throw .invalidExample(index: index) }
    guard labels.contains(true), labels.contains(false) else { throw .oneSided(examples: labels.count) }
  }
}

/// A verifier whose scores pass a calibration: ``PonderStrategies/Verifier/calibrated(by:)``.
///
/// Step scores stay as they are: the calibration was fitted on scores of solutions.
public struct CalibratedVerifier<Calibration: ScoreCalibration>: Verifier {
  /// Scores.
  public let base: any Verifier
  /// Makes probabilities of the scores.
  public let calibration: Calibration

  /// The base's name.
  public var name: String { base.name }
  /// That is the point.
  public var isCalibrated: Bool { true }

  /// As the base.
  public func validate(for model: ModelDescription) throws(StrategyError) { try base.validate(for: model) }

  /// The base's verdicts with calibrated scores.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    await base.verify(candidates, of: problem, in: context).map { result in
      result.map { verdict in
        var verdict = verdict
        verdict.score = calibration(verdict.score)
        return verdict
      }
    }
  }
}

extension Verifier {
  /// Turns the scores into probabilities by a calibration that was fitted before.
  public func calibrated<Calibration: ScoreCalibration>(by calibration: Calibration) -> CalibratedVerifier<Calibration>
  {
    CalibratedVerifier(base: self, calibration: calibration)
  }
}
