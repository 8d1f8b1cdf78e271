/// What a selector chose.
public struct Selection: Sendable, Hashable {
  /// The chosen candidate, one of those given.
  public var candidate: Candidate
  /// The answer that won, if the selector reads answers.
  public var answer: String?

  /// Makes a selection.
  public init(_ candidate: Candidate, answer: String? = nil) {
    self.candidate = candidate
    self.answer = answer
  }
}

/// Chooses one of several candidates: a pure function of them.
public protocol Selector: Sendable {
  /// The chosen one, or `nil` when none can be chosen: no candidate, no answer that can be read, no score.
  ///
  /// Candidates that are not complete neither vote nor win while a complete one exists; on a tie the first wins.
  func select(from candidates: [Candidate]) -> Selection?
}
