import Foundation
import PonderCore
import PonderEvaluation
import PonderGeneration
import PonderStrategies

/// Why no probe came of labelled solutions.
public enum ProbeFittingError: Error, Sendable, Hashable {
  /// The model gives no hidden states, or could not read a solution.
  case model(GenerationError)
  /// The examples or the parameters do not allow a fit.
  case fitting(FittingError)
}

extension ProbeFittingError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .model(let error): error.description
    case .fitting(let error): error.description
    }
  }
}

extension LinearProbe {
  /// Fits a probe to labelled solutions, and tells by cross-validation how well it does on other problems.
  ///
  /// A problem's solutions stay in one fold. Features are standardised with the training folds' means and deviations.
  /// - Parameters:
  ///   - solutions: Right and wrong ones, of at least `folds` problems; several hundred do.
  ///   - model: Whose hidden states are read, usually the policy's own.
  ///   - format: How the model was asked.
  ///   - features: Which hidden states.
  ///   - regression: What is minimised.
  ///   - penalty: > 0: the weight of the quadratic penalty for each example.
  ///   - folds: ≥ 2.
  ///   - seed: Deals problems to folds and draws the interval.
  /// - Throws: ``ProbeFittingError``; cancellation is the model's failure.
  public static func fitted(
    to solutions: [LabelledSolution], on model: any ScoringModel, format: PromptFormat = .chat,
    features: ProbeFeatures = .lastAndMean, regression: Regression = .logistic, penalty: Double = 0.3,
    folds: Int = 5, seed: Seed
  ) async throws(ProbeFittingError) -> LinearProbe {
    guard model.description.capabilities.contains(.hiddenStates) else {
      throw .model(.unsupported(.hiddenStates, model: model.description.name))
    }
    var requests: [ScoringRequest] = []
    do throws(GenerationError) {
      for solution in solutions {
        let prompt = format.prompt(for: solution.problem.question)
        requests.append(try features.request(solution.candidate, prompt, model))
      }
    } catch {
      throw .model(error)
    }
    var rows: [[Float]] = []
    for result in await model.score(requests) {
      do throws(GenerationError) {
        guard let row = features(try result.get()) else { throw .failed("the model gave no hidden states") }
        rows.append(row)
      } catch {
        throw .model(error)
      }
    }
    do throws(FittingError) {
      return try fitted(
        rows, solutions.map(\.isRight), problems: solutions.map(\.problem.id), model: model.description.fingerprint,
        features: features, regression: regression, penalty: penalty, folds: folds, seed: seed)
    } catch {
      throw .fitting(error)
    }
  }

  /// The same from features that were read before: [examples][features].
  static func fitted(
    _ rows: [[Float]], _ labels: [Bool], problems: [String], model: String, features: ProbeFeatures,
    regression: Regression, penalty: Double, folds: Int, seed: Seed
  ) throws(FittingError) -> LinearProbe {
    guard rows.count == labels.count, problems.count == labels.count else {
      throw .mismatched(examples: rows.count, labels: labels.count)
    }
    guard labels.contains(true), labels.contains(false) else { throw .oneSided(examples: labels.count) }
    guard penalty > 0, penalty.isFinite else { throw .invalidParameter("penalty is \(penalty), must be > 0") }
    guard folds >= 2 else { throw .invalidParameter("folds is \(folds), must be ≥ 2") }
    let width = rows[0].count
    if let odd = rows.firstIndex(where: { $0.count != width || !$0.allSatisfy(\.isFinite) }) {
      throw .invalidExample(index: odd)
    }
    let fold = try deal(problems, into: folds, seed: seed.derived("folds"))
    var scores = [Double](repeating: 0, count: rows.count)
    for number in 0..<folds {
      let inside = rows.indices.filter { fold[$0] != number }
      let training = inside.map { labels[$0] }
      guard training.contains(true), training.contains(false) else {
        throw .oneSided(examples: training.count)
      }
      let standard = Standardisation(inside.map { rows[$0] })
      let decision = try regression.fit(standard.matrix(inside.map { rows[$0] }), training, penalty)
      for index in rows.indices where fold[index] == number {
        scores[index] = regression.score(decision(standard(rows[index])[...]))
      }
    }
    guard let area = Metrics.areaUnderCurve(scores, labels),
      let interval = Metrics.areaUnderCurveInterval(
        scores, labels, groups: problems, seed: seed.derived("interval"))
    else { throw .oneSided(examples: labels.count) }
    let standard = Standardisation(rows)
    let decision = try regression.fit(standard.matrix(rows), labels, penalty)
    return LinearProbe(
      model: model, features: features, regression: regression, weights: decision.weights, bias: decision.bias,
      means: standard.means, scales: standard.scales,
      validation: Validation(
        folds: folds, examples: rows.count, right: labels.count { $0 }, areaUnderCurve: area, interval: interval))
  }

  /// The fold of each example: problems in a random order, dealt one after the other.
  private static func deal(_ problems: [String], into folds: Int, seed: Seed) throws(FittingError) -> [Int] {
    var generator = seed.generator
    let order = Set(problems).sorted().shuffled(using: &generator)
    guard order.count >= folds else { throw .tooFewProblems(problems: order.count, folds: folds) }
    let fold = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0 % folds) })
    return problems.map { fold[$0] ?? 0 }
  }
}

extension LinearProbe.Regression {
  fileprivate func fit(_ features: Tensor, _ labels: [Bool], _ penalty: Double) throws(FittingError) -> LinearDecision {
    let penalty = Float(penalty * Double(labels.count))
    return switch self {
    case .logistic: try .logistic(features, labels, penalty: penalty)
    case .ridge: try .ridge(features, labels, penalty: penalty)
    }
  }
}

/// Features with mean 0 and deviation 1 over some examples.
private struct Standardisation {
  let means: [Float]
  let scales: [Float]

  init(_ rows: [[Float]]) {
    let n = Double(rows.count)
    var means = [Double](repeating: 0, count: rows[0].count)
    for row in rows { for index in row.indices { means[index] += Double(row[index]) / n } }
    var variances = [Double](repeating: 0, count: means.count)
    for row in rows {
      for index in row.indices {
        let difference = Double(row[index]) - means[index]
        variances[index] += difference * difference / n
      }
    }
    self.means = means.map { Float($0) }
    scales = variances.map { $0 > 1e-12 ? Float($0.squareRoot()) : 1 }
  }

  func callAsFunction(_ row: [Float]) -> [Float] { row.indices.map { (row[$0] - means[$0]) / scales[$0] } }

  func matrix(_ rows: [[Float]]) -> Tensor {
    Tensor(shape: [rows.count, means.count], elements: rows.flatMap { self($0) })
  }
}
