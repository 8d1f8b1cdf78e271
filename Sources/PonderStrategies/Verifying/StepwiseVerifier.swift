import PonderGeneration

/// A verifier as a process reward model: a step's score is the verdict on the solution up to its end.
///
/// So a heuristic that judges whole answers can guide a search: `BeamSearch(16, guidedBy: .stepwise(verifier))`. What it says
/// of a beginning must mean something: a verifier that looks for a final answer scores all beginnings alike.
public struct StepwiseVerifier<Base: Verifier>: ProcessRewardModel {
  /// Judges beginnings.
  public let verifier: Base

  /// Makes a process reward model.
  public init(_ verifier: Base) { self.verifier = verifier }

  /// `arithmetic, step by step`
  public var name: String { verifier.name + ", step by step" }
  /// Beginnings are another distribution than whole solutions.
  public var isCalibrated: Bool { false }

  /// As the verifier.
  public func validate(for model: ModelDescription) throws(StrategyError) { try verifier.validate(for: model) }

  /// The verdicts on all beginnings that end in a step without a score, in one call of the verifier.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    var beginnings: [Candidate] = []
    for candidate in candidates {
      for (index, step) in candidate.steps.enumerated() where step.score == nil {
        var beginning = candidate
        beginning.stepTrail = candidate.stepTrail.prefix(index + 1)
        beginnings.append(beginning)
      }
    }
    let verdicts = await verifier.verify(beginnings, of: problem, in: context)
    var next = 0
    return candidates.map { candidate in
      var scores: Result<[Double], StrategyFailure> = .success([])
      for step in candidate.steps where step.score == nil {
        let verdict =
          next < verdicts.count
          ? verdicts[next] : .failure(.verifier(name: verifier.name, reason: "gave too few verdicts"))
        next += 1
        scores = scores.flatMap { earlier in verdict.map { earlier + [$0.score] } }
      }
      return scores
    }
  }
}

extension ProcessRewardModel {
  /// A verifier asked after each step; see ``StepwiseVerifier``.
  public static func stepwise<Base: Verifier>(_ verifier: Base) -> Self where Self == StepwiseVerifier<Base> {
    StepwiseVerifier(verifier)
  }
}
