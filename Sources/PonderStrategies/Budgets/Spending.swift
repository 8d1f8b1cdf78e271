import PonderGeneration

/// What calls are charged with: a function of the tree alone.
public struct Spending: Sendable, Hashable, Codable {
  /// Tokens that policies and critics generated.
  public var tokens: Int
  /// Requests to policies and critics.
  public var samples: Int
  /// Tokens that verifiers read and generated; a common beginning counts once a tree.
  public var verifierTokens: Int
  /// Floating-point operations of all models; prompts count once a tree.
  public var flops: Double

  /// Makes a charge.
  public init(tokens: Int = 0, samples: Int = 0, verifierTokens: Int = 0, flops: Double = 0) {
    self.tokens = tokens
    self.samples = samples
    self.verifierTokens = verifierTokens
    self.flops = flops
  }

  /// The sum of both.
  public static func + (a: Spending, b: Spending) -> Spending {
    Spending(
      tokens: a.tokens + b.tokens, samples: a.samples + b.samples,
      verifierTokens: a.verifierTokens + b.verifierTokens, flops: a.flops + b.flops)
  }

  /// Adds a charge.
  public static func += (a: inout Spending, b: Spending) { a = a + b }
}

/// What a run cost: what was charged, and what the models computed.
public struct RunUsage: Sendable, Hashable, Codable {
  /// What budgets count.
  public var charged: Spending
  /// What policies and critics read, found in their caches and generated.
  public var policy: Usage
  /// What verifiers read, found in their caches and generated.
  public var verifier: Usage

  /// Makes a usage.
  public init(charged: Spending = Spending(), policy: Usage = Usage(), verifier: Usage = Usage()) {
    self.charged = charged
    self.policy = policy
    self.verifier = verifier
  }
}
