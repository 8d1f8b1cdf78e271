import PonderStrategies

/// One strategy on one problem under one seed: whether it was right and what it cost.
public struct StudyRecord: Sendable, Hashable, Codable {
  /// What was run.
  public struct Method: Sendable, Hashable, Codable {
    /// The policy's name.
    public var policy: String
    /// The strategy's: `majority`, `best-of-n`, `beam`.
    public var strategy: String
    /// Samples, or the width of a search, ≥ 1.
    public var n: Int
    /// The verifier's name, where it is another than the study's.
    public var verifier: String?

    /// Makes a method.
    public init(policy: String, strategy: String, n: Int, verifier: String? = nil) {
      self.policy = policy
      self.strategy = strategy
      self.n = n
      self.verifier = verifier
    }
  }

  /// What was run.
  public var method: Method
  /// ``PonderStrategies/Problem/id``
  public var problem: String
  /// The problem's difficulty in the data set's count.
  public var level: Int?
  /// The run's seed.
  public var seed: UInt64
  /// Whether the selected answer is right.
  public var isCorrect: Bool
  /// Whether any complete candidate is right.
  public var isCovered: Bool
  /// Tokens that the policy generated.
  public var tokens: Int
  /// Tokens that the verifier read.
  public var verifierTokens: Int
  /// Floating-point operations of the policy: 2 · parameters · tokens, the prompt once.
  public var policyFlops: Double
  /// The same of the verifier.
  public var verifierFlops: Double
  /// Time on the clock. Where a run was answered from a wider one's memory, that one's share by operations.
  public var seconds: Double
  /// The mean of the first samples' scores, in [0, 1], where the strategy was a pilot for difficulty.
  public var pilotScore: Double?

  /// Makes a record of figures that are known.
  public init(
    _ method: Method, problem: String, level: Int?, seed: UInt64, isCorrect: Bool, isCovered: Bool, tokens: Int,
    verifierTokens: Int, policyFlops: Double, verifierFlops: Double, seconds: Double, pilotScore: Double? = nil
  ) {
    self.method = method
    self.problem = problem
    self.level = level
    self.seed = seed
    self.isCorrect = isCorrect
    self.isCovered = isCovered
    self.tokens = tokens
    self.verifierTokens = verifierTokens
    self.policyFlops = policyFlops
    self.verifierFlops = verifierFlops
    self.seconds = seconds
    self.pilotScore = pilotScore
  }

  /// Makes a record of an outcome.
  ///
  /// - Parameters:
  ///   - isCorrect: Of each candidate of the outcome, by grading.
  ///   - verifierParameters: 0 for a verifier that is no model.
  public init(
    _ method: Method, problem: ProblemSet.Item, seed: UInt64, outcome: Outcome, isCorrect: (Candidate) -> Bool,
    verifierParameters: Int, seconds: Double, pilotScore: Double? = nil
  ) {
    self.method = method
    self.problem = problem.problem.id
    level = problem.level
    self.seed = seed
    self.isCorrect = outcome.selected.map(isCorrect) ?? false
    isCovered = outcome.candidates.contains { $0.isComplete && isCorrect($0) }
    let charged = outcome.usage.charged
    tokens = charged.tokens
    verifierTokens = charged.verifierTokens
    verifierFlops = 2 * Double(verifierParameters) * Double(charged.verifierTokens)
    policyFlops = charged.flops - verifierFlops
    self.seconds = seconds
    self.pilotScore = pilotScore
  }

  /// Operations of policy and verifier.
  public var flops: Double { policyFlops + verifierFlops }
}
