import PonderGeneration

/// What a generation call brought: the completion, and whether the budget cut it short.
public struct Generated: Sendable, Hashable {
  /// What the model answered.
  public var completion: Completion
  /// Whether the budget granted fewer tokens than were asked for.
  public var isRationed: Bool

  /// Makes a result.
  public init(_ completion: Completion, isRationed: Bool = false) {
    self.completion = completion
    self.isRationed = isRationed
  }

  /// The completion's finish reason as a candidate's ending.
  public var ending: Candidate.Ending {
    switch completion.finishReason {
    case .endOfText: .endOfText
    case .stop(let string): .stop(string)
    case .length: isRationed ? .budget : .length
    case .cancelled: .cancelled
    }
  }
}
