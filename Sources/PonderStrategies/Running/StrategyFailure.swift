import PonderGeneration

/// Why one sample, one score or one critique is missing. The others, and what was paid for, are kept.
public enum StrategyFailure: Error, Sendable, Hashable, Codable {
  /// The model failed.
  case model(GenerationError)
  /// The budget does not cover the call; it was not made.
  case outOfBudget(Budget.Dimension)
  /// The run was cancelled before the call was made.
  case cancelled
  /// A verifier gave a score that is not a number in [0, 1].
  case invalidScore(verifier: String, score: String)
  /// A verifier gave no verdict.
  case verifier(name: String, reason: String)
  /// A critic gave no critique.
  case critic(name: String, reason: String)
  /// Another failure, in words.
  case other(String)
}

extension StrategyFailure: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .model(let error): error.description
    case .outOfBudget(let dimension): "the budget of \(dimension.rawValue) does not cover the call"
    case .cancelled: "the run was cancelled"
    case .invalidScore(let verifier, let score): "verifier \(verifier) gave the score \(score), not in [0, 1]"
    case .verifier(let name, let reason): "verifier \(name) failed: \(reason)"
    case .critic(let name, let reason): "critic \(name) failed: \(reason)"
    case .other(let reason): reason
    }
  }
}

/// Why a run was refused before anything was spent.
public enum StrategyError: Error, Sendable, Hashable, Codable {
  /// A strategy's values do not go together.
  case invalidConfiguration(String)
  /// The model lacks what the strategy needs.
  case unsupported(GenerationError)
  /// The trace to resume is another strategy's, problem's or seed's.
  case foreignTrace(String)
}

extension StrategyError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .invalidConfiguration(let reason): "invalid configuration: \(reason)"
    case .unsupported(let error): error.description
    case .foreignTrace(let reason): "the trace cannot be resumed: \(reason)"
    }
  }
}
