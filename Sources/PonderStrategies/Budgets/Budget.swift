/// What a strategy may spend at most. What is not limited is `nil`; limits nest, and the tightest holds.
///
/// Charges are functions of the tree of calls and never of a cache. What the model physically computed is reported
/// beside them (``RunUsage``).
public struct Budget: Sendable, Hashable, Codable {
  /// One kind of limit.
  public enum Dimension: String, Sendable, Hashable, Codable, CaseIterable {
    /// Tokens that policies and critics generate.
    case tokens
    /// Requests to policies and critics: whole answers when sampling, steps when searching.
    case samples
    /// Floating-point operations: 2 · parameters · tokens, of policies and verifiers alike.
    case flops
    /// Tokens that verifiers read and generate.
    case verifierTokens
    /// Time on the clock. Exempt from the determinism contract, and recorded as such.
    case wallClock
  }

  /// Generated tokens, ≥ 0.
  public var tokens: Int?
  /// Requests to policies and critics, ≥ 0.
  public var samples: Int?
  /// Floating-point operations, ≥ 0. Needs models that tell their parameter count.
  public var flops: Double?
  /// Tokens that verifiers read and generate, ≥ 0.
  public var verifierTokens: Int?
  /// Time from the moment the limited strategy starts.
  public var wallClock: Duration?

  /// Makes a budget; what is left out is not limited.
  public init(
    tokens: Int? = nil, samples: Int? = nil, flops: Double? = nil, verifierTokens: Int? = nil,
    wallClock: Duration? = nil
  ) {
    self.tokens = tokens
    self.samples = samples
    self.flops = flops
    self.verifierTokens = verifierTokens
    self.wallClock = wallClock
  }

  /// No limit.
  public static let unlimited = Budget()
  /// A limit on generated tokens.
  public static func tokens(_ count: Int) -> Budget { Budget(tokens: count) }
  /// A limit on requests to the policy.
  public static func samples(_ count: Int) -> Budget { Budget(samples: count) }
  /// A limit on floating-point operations.
  public static func flops(_ count: Double) -> Budget { Budget(flops: count) }
  /// A limit on the tokens of verifiers.
  public static func verifierTokens(_ count: Int) -> Budget { Budget(verifierTokens: count) }
  /// A limit on time.
  public static func wallClock(_ duration: Duration) -> Budget { Budget(wallClock: duration) }

  /// Throws when a limit is negative or not a number.
  func validate() throws(StrategyError) {
    let isValid =
      (tokens ?? 0) >= 0 && (samples ?? 0) >= 0 && (verifierTokens ?? 0) >= 0 && (flops ?? 0) >= 0
      && (wallClock ?? .zero) >= .zero
    if !isValid { throw .invalidConfiguration("a budget's limits must be ≥ 0: \(self)") }
  }
}
