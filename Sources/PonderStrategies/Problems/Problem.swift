import PonderGeneration

/// A question to solve.
public struct Problem: Sendable, Hashable, Codable, Identifiable {
  /// Names the problem in traces and seeds: the same id and seed give the same random numbers.
  public var id: String
  /// What is asked, bare; a ``PonderGeneration/PromptFormat`` dresses it for each reader.
  public var question: String
  /// The reference answer, for grading. It never reaches a strategy, verifier or critic: a run takes it off first.
  public var reference: String?

  /// Makes a problem. Without an id, the question names it.
  public init(_ question: String, id: String? = nil, reference: String? = nil) {
    self.id = id ?? question
    self.question = question
    self.reference = reference
  }

  /// The same problem as a strategy sees it.
  public var withoutReference: Problem { Problem(question, id: id) }
}

extension Problem: ExpressibleByStringLiteral {
  /// A problem whose question is also its id.
  public init(stringLiteral question: String) { self.init(question) }
}
