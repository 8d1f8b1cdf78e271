import PonderGeneration
import PonderStrategies

/// What becomes of an answer that a ``SimulatedReasoner`` is asked to revise.
///
/// Where one chance outweighs the other, revisions move answers to the right or to the wrong; where
/// r · `breaks` = (1 − r) · `repairs` for the fraction r of right answers, they change none on the whole.
public struct SimulatedRevision: Sendable, Hashable {
  /// The chance that the revision of a wrong answer is right, in [0, 1].
  public var repairs: Double
  /// The chance that the revision of a right answer is wrong, in [0, 1]. Snell et al. 2024 (arXiv:2408.03314) §6 saw 0.38.
  public var breaks: Double

  /// Makes a kind of revision.
  public init(repairs: Double, breaks: Double) {
    precondition((0...1).contains(repairs) && (0...1).contains(breaks), "\(repairs) and \(breaks) must be in [0, 1]")
    self.repairs = repairs
    self.breaks = breaks
  }

  enum Outcome {
    case right
    /// One step is wrong.
    case wrong(at: Int)
  }

  /// What a request for a whole answer with attempts in its prompt leads to; `nil` for any other request.
  func outcome(of request: GenerationRequest, on problem: SimulatedProblem) -> Outcome? {
    guard request.continuation.isEmpty, !request.stops.contains(where: \.isKept),
      let attempt = request.prompt.messages.last(where: { $0.role == .assistant })
    else { return nil }
    let wasRight = SimulatedValues(of: attempt.content).last == problem.value(after: problem.steps)
    let generator = request.seed.derived("revision").generator
    let isRight = wasRight ? generator.uniform(at: 0) >= breaks : generator.uniform(at: 0) < repairs
    return isRight ? .right : .wrong(at: Int(generator.uniform(at: 1) * Double(problem.steps)))
  }
}
