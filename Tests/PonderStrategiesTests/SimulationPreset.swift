import PonderGeneration
import PonderStrategies
import PonderTesting

/// A simulated world with a name, and the mechanism in it that makes a shape of the literature.
///
/// Its numbers are chosen for the mechanism, by the arithmetic that stands beside them, and not for a result.
struct SimulationPreset: Sendable, CustomStringConvertible {
  var name: String
  /// Why the shape is to be expected.
  var mechanism: String
  var reasoner: SimulatedReasoner
  var rewardModel = SimulatedRewardModel()
  var problems: [Problem]

  var description: String { name }

  /// The process reward model's score of the last step.
  var verifier: ReducedVerifier { rewardModel.reduced(.last) }

  /// Problems of the searches that take longest: enough for narrow intervals in release builds.
  #if DEBUG
    static let many = 30
  #else
    static let many = 60
  #endif

  /// So many problems of one kind.
  static func problems(_ count: Int, steps: Int, level: Int = 1, from first: Int = 0) -> [Problem] {
    (first..<first + count).map { SimulatedProblem($0, steps: steps, level: level).problem }
  }
}

extension SimulationPreset {
  static let fourUncertainSteps = SimulationPreset(
    name: "four uncertain steps",
    mechanism: """
      Each sample is right with 0.72⁴ = 0.27, and wrong answers scatter: so more samples cover more, the right answer is the \
      commonest, and a reward model that can tell steps apart tells votes apart.
      """,
    reasoner: SimulatedReasoner(successByLevel: [0.72]), problems: problems(60, steps: 4))

  static let misleadingRewards = SimulationPreset(
    name: "misleading rewards", mechanism: "As four uncertain steps, but the reward model prefers what is wrong.",
    reasoner: fourUncertainSteps.reasoner, rewardModel: SimulatedRewardModel(discrimination: -2, noise: 1),
    problems: fourUncertainSteps.problems)

  static let easyQuestions = SimulationPreset(
    name: "easy questions",
    mechanism: "0.93⁴ = 0.75 of the samples are right, so few of them settle the vote.",
    reasoner: SimulatedReasoner(successByLevel: [0.93]), problems: problems(60, steps: 4))

  static let hardQuestions = SimulationPreset(
    name: "hard questions",
    mechanism: """
      0.5⁴ = 0.06 of the samples are right: a search spends its tokens behind right steps, samples spend most of theirs \
      behind a wrong one.
      """,
    reasoner: SimulatedReasoner(successByLevel: [0.5]), problems: problems(60, steps: 4))

  static let inheritedErrors = SimulationPreset(
    name: "inherited errors",
    mechanism: """
      A wrong step fools the reward model with 0.15, and all that is built on it looks right: so none of its children falls \
      out, while of a right path's children 0.4 do. In one pool the ratio x of fooled to right paths becomes \
      (x + 0.4 · 0.15) / 0.6 a step, which is 0.06 · (1/0.6 + … + 1/0.6⁶) = 3.06 after six: 1 in 4 of a beam's paths is \
      right. A subtree is fooled at a step with 0.06 / 0.66 and no other is the worse for it: (1 − 0.09)⁶ = 0.56 of them \
      are right. Steps are worded differently each time, so paths are not merged.
      """,
    reasoner: SimulatedReasoner(successByLevel: [0.6], wordings: 1000),
    rewardModel: SimulatedRewardModel(discrimination: 3, noise: 1, foolRate: 0.15), problems: problems(many, steps: 6))

  static let honestRewards = SimulationPreset(
    name: "honest rewards",
    mechanism: "As inherited errors, but no wrong step fools for good: the one pool loses nothing that subtrees keep.",
    reasoner: inheritedErrors.reasoner,
    rewardModel: SimulatedRewardModel(discrimination: 3, noise: 1, foolRate: 0), problems: inheritedErrors.problems)

  static let weakHonestRewards = SimulationPreset(
    name: "weak honest rewards",
    mechanism: """
      As honest rewards, but noisy: a subtree takes the best of four steps, and a wrong one of them is soon on top; a beam \
      takes the best sixteen of sixty-four, and right ones are among them.
      """,
    reasoner: inheritedErrors.reasoner,
    rewardModel: SimulatedRewardModel(discrimination: 1, noise: 2, foolRate: 0), problems: inheritedErrors.problems)

  /// One step, right with 0.6, revised.
  private static func revising(
    _ name: String, _ mechanism: String, repairs: Double, breaks: Double,
    rewardModel: SimulatedRewardModel = SimulatedRewardModel(discrimination: 1, noise: 2)
  ) -> SimulationPreset {
    SimulationPreset(
      name: name, mechanism: mechanism,
      reasoner: SimulatedReasoner(
        successByLevel: [0.6], revision: SimulatedRevision(repairs: repairs, breaks: breaks), wordings: 1000),
      rewardModel: rewardModel, problems: problems(100, steps: 1))
  }

  static let revisionsInBalance = revising(
    "revisions in balance",
    """
    0.38 of right answers are revised to wrong ones, as Snell et al. saw, and 0.57 of wrong ones to right ones: with 0.6 \
    right that is as many either way, 0.6 · 0.38 = 0.4 · 0.57.
    """,
    repairs: 0.57, breaks: 0.38)

  static let revisionsThatBreak = revising(
    "revisions that break",
    "0.38 of right answers are revised to wrong ones and 0.2 of wrong ones to right ones: a chain ends at 0.2 / 0.58 = 0.34.",
    repairs: 0.2, breaks: 0.38)

  static let revisionsThatMend = revising(
    "revisions that mend",
    "0.5 of wrong answers are revised to right ones and 0.1 of right ones to wrong ones: a chain ends at 0.5 / 0.6 = 0.83.",
    repairs: 0.5, breaks: 0.1)

  static let ignorantGate = revising(
    "an ignorant gate",
    "The verifier's scores are noise, so right and wrong revisions are accepted alike, and both kinds are in balance.",
    repairs: 0.57, breaks: 0.38, rewardModel: SimulatedRewardModel(discrimination: 0, noise: 2))

  static let misleadingGate = revising(
    "a misleading gate", "The verifier prefers wrong answers, so it accepts the revisions that break.",
    repairs: 0.57, breaks: 0.38, rewardModel: SimulatedRewardModel(discrimination: -1, noise: 2))

  /// Level 1 is right with 0.95 a step, level 2 with 0.45.
  static func mixedDifficulty(from first: Int) -> SimulationPreset {
    SimulationPreset(
      name: "mixed difficulty",
      mechanism: """
        Half of the problems are easy (0.95⁴ = 0.81 of the samples right) and half are hard (0.45⁴ = 0.04). Samples settle \
        the easy ones; the hard ones need a search, whose one pool inherits the errors that fool the reward model. The \
        pilot's scores tell which is which.
        """,
      reasoner: SimulatedReasoner(successByLevel: [0.95, 0.45], wordings: 1000),
      rewardModel: SimulatedRewardModel(discrimination: 2, noise: 1, foolRate: 0.05),
      problems: (0..<2 * many / 3).map { SimulatedProblem(first + $0, steps: 4, level: 1 + $0 % 2).problem })
  }
}

/// How often a strategy was right in a preset, problem by problem and seed by seed.
struct Accuracy: Sendable {
  static let seeds: [Seed] = [1, 2, 3, 4, 5]

  /// Means over the seeds, by problem.
  var byProblem: [Double]
  /// Requests and tokens in all.
  var spent = Spending()

  var mean: Double { byProblem.reduce(0, +) / Double(byProblem.count) }

  /// Runs a strategy on every problem under every seed.
  init(
    of strategy: any Strategy, in preset: SimulationPreset, seeds: [Seed] = Accuracy.seeds,
    problems: [Problem]? = nil
  ) async throws {
    try await self.init(in: preset, seeds: seeds, problems: problems) { _, _ in strategy }
  }

  /// Runs a strategy that may depend on the problem and the seed.
  init(
    in preset: SimulationPreset, seeds: [Seed] = Accuracy.seeds, problems: [Problem]? = nil,
    _ strategy: (Problem, Seed) async throws -> any Strategy
  ) async throws {
    byProblem = []
    for problem in problems ?? preset.problems {
      var right = 0
      for seed in seeds {
        let outcome = try await AnyStrategy(strategy(problem, seed)).solve(problem, on: preset.reasoner, seed: seed)
        if outcome.selected?.text.contains("\\boxed{\(problem.reference ?? "")}") == true { right += 1 }
        spent += outcome.usage.charged
      }
      byProblem.append(Double(right) / Double(seeds.count))
    }
  }

  init(byProblem: [Double]) { self.byProblem = byProblem }

  /// The 95 % interval of the mean: problems are independent, seeds of one problem need not be.
  var interval: ClosedRange<Double> { Self.interval(of: byProblem) }

  /// The 95 % interval of the mean gain over another strategy on the same problems and seeds.
  func gain(over other: Accuracy) -> ClosedRange<Double> {
    Self.interval(of: zip(byProblem, other.byProblem).map { $0 - $1 })
  }

  private static func interval(of values: [Double]) -> ClosedRange<Double> {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let width = 1.96 * (variance / count).squareRoot()
    return (mean - width)...(mean + width)
  }
}
