import PonderGeneration
import PonderStrategies

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A process reward model of known quality for ``SimulatedProblem``s.
///
/// A step's score is sigmoid(± discrimination + noise · z): plus for a step that is right so far, minus for one that is not,
/// z normal and a function of the text alone, so that scoring a text twice gives the same score. A first wrong step fools
/// it with a known probability; then it takes the step, and all that is built on it, for right.
public struct SimulatedRewardModel: ProcessRewardModel {
  /// How far apart right and wrong steps are, in logits. 0 knows nothing; below 0 it misleads.
  public var discrimination: Double
  /// The standard deviation of the noise, in logits, ≥ 0.
  public var noise: Double
  /// The chance that a first wrong step fools it for good, in [0, 1].
  public var foolRate: Double
  /// Another seed is another reward model of the same quality.
  public var seed: Seed

  /// Makes a reward model.
  public init(discrimination: Double = 2, noise: Double = 1, foolRate: Double = 0, seed: Seed = 0) {
    self.discrimination = discrimination
    self.noise = noise
    self.foolRate = foolRate
    self.seed = seed
  }

  /// `simulated reward model`
  public var name: String { "simulated reward model" }

  /// Scores of the steps that have none.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    guard let truth = SimulatedProblem(question: problem.question) else {
      return candidates.map { _ in .failure(.verifier(name: name, reason: "this is no simulated problem")) }
    }
    return candidates.map { .success(scores($0, of: truth)) }
  }

  /// Of the steps behind the last one that has a score; what comes before them is read once for all paths that share it.
  private func scores(_ candidate: Candidate, of truth: SimulatedProblem) -> [Double] {
    let path = candidate.stepTrail
    let known = path.count - path.countAtEnd { $0.score == nil }
    let reader = SimulatedJudge(truth: truth, foolRate: foolRate, seed: seed)
    return path.readings(by: reader, from: known).map { judgement in
      let generator = judgement.place.generator
      let (u, v) = (1 - generator.uniform(at: 1), generator.uniform(at: 2))
      let normal = (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
      let logit = (judgement.looksRight ? discrimination : -discrimination) + noise * normal
      return 1 / (1 + exp(-logit))
    }
  }
}

/// Follows a path and the truth beside it.
private struct SimulatedJudge: TrailReader {
  let truth: SimulatedProblem
  let foolRate: Double
  let seed: Seed

  struct Judgement {
    var steps = 0
    /// What the truth is after so many steps.
    var expected: Int
    var isRight = true
    var looksRight = true
    /// The seed of the path: a function of all its text.
    var place: Seed
  }

  var beginning: Judgement { Judgement(expected: truth.number % 1000, place: seed.derived(truth.number)) }

  func reading(_ step: Step, after judgement: Judgement) -> Judgement {
    var judgement = judgement
    judgement.expected = truth.next(after: judgement.expected, step: judgement.steps)
    judgement.steps += 1
    judgement.place = judgement.place.derived(step.text)
    if judgement.isRight, SimulatedValues(of: step.text).last != judgement.expected {
      judgement.isRight = false
      judgement.looksRight = judgement.place.generator.uniform(at: 0) < foolRate
    }
    return judgement
  }
}
