import PonderGeneration

/// What a verifier thinks of one candidate.
public struct Verdict: Sendable, Hashable, Codable {
  /// How likely the candidate is right, in [0, 1].
  public var score: Double
  /// The scores of the candidate's steps, in [0, 1], if the verifier scores steps.
  public var stepScores: [Double]?
  /// Why, if the verifier says.
  public var explanation: String?
  /// What it cost apart from the calls that went through the ``RunContext``; charged with them.
  public var usage: Usage

  /// Makes a verdict.
  public init(_ score: Double, stepScores: [Double]? = nil, explanation: String? = nil, usage: Usage = Usage()) {
    self.score = score
    self.stepScores = stepScores
    self.explanation = explanation
    self.usage = usage
  }
}

/// Judges whole candidates.
///
/// A verifier may call models: through its context, which charges and journals the calls.
public protocol Verifier: Sendable {
  /// Names it in errors and traces.
  var name: String { get }
  /// Whether scores are calibrated probabilities of being right. Scores are in [0, 1] in any case.
  var isCalibrated: Bool { get }
  /// Throws when the verifier cannot work on the candidates of this model; called before anything is spent.
  func validate(for model: ModelDescription) throws(StrategyError)
  /// A verdict, or an error, for each candidate, in order.
  func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>]
}

extension Verifier {
  /// The name of the type.
  public var name: String { String(describing: Self.self) }
  /// Not calibrated.
  public var isCalibrated: Bool { false }
  /// Accepts any model.
  public func validate(for model: ModelDescription) throws(StrategyError) {}
}

/// Scores the steps of candidates: each in the light of those before it, never of those behind it.
public protocol ProcessRewardModel: Sendable {
  /// Names it in errors and traces.
  var name: String { get }
  /// Whether scores are calibrated probabilities of the step being right. Scores are in [0, 1] in any case.
  var isCalibrated: Bool { get }
  /// Throws when it cannot work on the candidates of this model; called before anything is spent.
  func validate(for model: ModelDescription) throws(StrategyError)
  /// For each candidate the scores of those steps, in order, that have none yet; or an error.
  ///
  /// The steps with scores are a candidate's first ones.
  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>]
}

extension ProcessRewardModel {
  /// The name of the type.
  public var name: String { String(describing: Self.self) }
  /// Not calibrated.
  public var isCalibrated: Bool { false }
  /// Accepts any model.
  public func validate(for model: ModelDescription) throws(StrategyError) {}

  /// The verifier that makes one score of the steps' scores.
  public func reduced(_ reduction: StepScoreReduction) -> ReducedVerifier {
    ReducedVerifier(model: self, reduction: reduction)
  }
}

/// What a critic says of one candidate.
public struct Critique: Sendable, Hashable, Codable {
  /// What is wrong and how to mend it; empty where a critic only objects.
  public var feedback: String
  /// Whether the candidate is good as it is and needs no revision.
  public var isApproval: Bool

  /// Makes a critique.
  public init(_ feedback: String, isApproval: Bool = false) {
    self.feedback = feedback
    self.isApproval = isApproval
  }
}

/// Says in words what is wrong with candidates.
public protocol Critic: Sendable {
  /// Names it in errors and traces.
  var name: String { get }
  /// Throws when it cannot work on the candidates of this model; called before anything is spent.
  func validate(for model: ModelDescription) throws(StrategyError)
  /// A critique, or an error, for each candidate, in order.
  func critique(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Critique, StrategyFailure>]
}

extension Critic {
  /// The name of the type.
  public var name: String { String(describing: Self.self) }
  /// Accepts any model.
  public func validate(for model: ModelDescription) throws(StrategyError) {}
}
