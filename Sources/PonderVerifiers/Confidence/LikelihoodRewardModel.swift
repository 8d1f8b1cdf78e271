import Foundation
import PonderGeneration
import PonderStrategies

/// A language model as a process reward model: a step's score is the probability that it gives to the least likely token
/// of the solution up to the step's end.
///
/// A larger policy need not have learnt to judge; what it would hardly have written itself is suspect. Its expectation stands
/// in its output, so nothing is trained. It is a sharp judge where solutions of a problem look alike (equations, code, proofs in
/// a fixed style), and a poor one of free prose, where any unusual word counts as an error. Under ``StepScoreReduction/last`` and
/// ``StepScoreReduction/minimum`` the score of a path is that of its weakest token.
///
/// Only steps without scores are read, behind the prefix that the engine has in its cache, all candidates in one batch.
public struct LikelihoodRewardModel: ProcessRewardModel {
  /// Reads the steps.
  public let model: any ScoringModel

  /// Makes a reward model.
  ///
  /// - Throws: ``VerifierError/unfit(model:format:reason:)`` when the model gives no log-probabilities.
  public init(_ model: any ScoringModel) throws(VerifierError) {
    guard model.description.capabilities.contains(.tokenScores) else {
      throw .unfit(model: model.description.name, format: "likelihood", reason: "it gives no log-probabilities")
    }
    self.model = model
  }

  /// `likelihood under arithmetic-0.8M`
  public var name: String { "likelihood under \(model.description.name)" }
  /// The least likely token's probability says which of two solutions is likelier right, not how likely that is.
  public var isCalibrated: Bool { false }

  /// The scores of the steps that have none.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    let prompt = context.prompt(for: problem)
    let readings = candidates.map { candidate in
      Result { () throws(StrategyFailure) in try reading(of: candidate, behind: prompt) }
    }
    var results = await context.score(readings.compactMap { try? $0.get().request }, on: model).makeIterator()
    return zip(candidates, readings).map { candidate, reading in
      reading.flatMap { reading in
        guard reading.request != nil else { return .success(reading.scores(captured: [])) }
        let missing = StrategyFailure.verifier(name: name, reason: "a result is missing")
        return (results.next() ?? .failure(missing)).map { result in
          var weakest = candidate.steps.compactMap(\.score).last ?? 1
          let scores = result.segments.suffix(reading.newCount).map { segment in
            weakest = min(weakest, exp(Double(segment.logProbabilities.min() ?? 0)))
            return weakest
          }
          return reading.scores(captured: scores)
        }
      }
    }
  }

  private func reading(of candidate: Candidate, behind prompt: Prompt) throws(StrategyFailure) -> StepReading {
    var reading = StepReading(candidate.steps)
    guard reading.newCount > 0 else { return reading }
    do throws(GenerationError) {
      var segments = [ScoringRequest.Segment(.tokens(try model.encode(.prompt(prompt))))]
      let known = reading.texts.dropLast(reading.newCount).joined()
      if !known.isEmpty { segments.append(.init(.tokens(try model.encode(.text(known))))) }
      for text in reading.texts.suffix(reading.newCount) {
        segments.append(.init(.tokens(try model.encode(.text(text))), captures: [.logProbabilities]))
      }
      reading.request = ScoringRequest(segments)
    } catch {
      throw .model(error)
    }
    return reading
  }
}

extension LikelihoodRewardModel: CustomStringConvertible {
  /// Name and model: what a strategy's fingerprint needs to know.
  public var description: String { "\(name) [\(model.description.fingerprint)]" }
}
