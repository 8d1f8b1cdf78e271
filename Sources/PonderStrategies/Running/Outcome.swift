/// Why a strategy came to its end.
public enum Stop: Sendable, Hashable, Codable {
  /// It did all that it meant to do.
  case finished
  /// It had seen enough before its samples were used up.
  case settledEarly
  /// The budget is used up; what was paid for is kept.
  case outOfBudget(Budget.Dimension)
  /// The run was cancelled; what was paid for is kept.
  case cancelled
  /// Nothing came of a whole stage, for this reason.
  case failed(StrategyFailure)

  /// The stop of a stage in which a call failed this way.
  public init(_ failure: StrategyFailure) {
    switch failure {
    case .outOfBudget(let dimension): self = .outOfBudget(dimension)
    case .cancelled: self = .cancelled
    default: self = .failed(failure)
    }
  }

  /// This stop if it was premature, or else the later one.
  public func followed(by later: Stop) -> Stop {
    switch self {
    case .finished, .settledEarly: later == .finished ? self : later
    case .outOfBudget, .cancelled, .failed: self
    }
  }
}

/// What a strategy came to.
public struct Outcome: Sendable, Hashable {
  /// The candidate that it chose; `nil` when none could be chosen.
  public var selected: Candidate?
  /// All candidates, in the order of the tree.
  public var candidates: [Candidate]
  /// Why it ended.
  public var stop: Stop
  /// What it cost. A run fills it in; strategies leave it empty.
  public var usage: RunUsage
  /// All that happened. A run fills it in; strategies leave it empty.
  public var trace: Trace

  /// Makes an outcome.
  public init(
    selected: Candidate? = nil, candidates: [Candidate], stop: Stop = .finished, usage: RunUsage = RunUsage(),
    trace: Trace = Trace()
  ) {
    self.selected = selected
    self.candidates = candidates
    self.stop = stop
    self.usage = usage
    self.trace = trace
  }
}
