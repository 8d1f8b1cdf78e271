import PonderGeneration

/// A solution that was tried: its steps, how it ended, what it scored.
public struct Candidate: Sendable, Hashable, Codable, Identifiable {
  /// Why nothing follows.
  public enum Ending: Sendable, Hashable, Codable {
    /// The model said that it is done.
    case endOfText
    /// A stop string of the caller was completed.
    case stop(String)
    /// The path holds a final answer; a search went no further.
    case answered
    /// The request's token limit, the model's context or the search's step limit is used up.
    case length
    /// The budget gave it fewer tokens than it asked for, and they are used up.
    case budget
    /// The run was cancelled.
    case cancelled
    /// Nothing ended it: a search left it for better ones.
    case open
  }

  /// Names it within the run.
  public var id: ID
  /// What it was made from: the path it forked off, the attempt it revises.
  public var parent: ID?
  /// The steps of its text. A path of a search shares them with those that fork off it: getting them costs as many as there are.
  public var steps: [Step] {
    get { stepTrail.elements }
    set { stepTrail = Trail(newValue) }
  }
  /// Why nothing follows.
  public var ending: Ending
  /// From here its model goes on.
  public var continuation: Continuation
  /// What a verifier thinks of it, in [0, 1]; `nil` until one was asked.
  public var score: Double?
  /// The generated tokens; empty if the model has none. Shared like ``steps``.
  public var tokens: [Token] {
    get { tokenTrail.elements }
    set { tokenTrail = Trail(newValue) }
  }
  /// The model's own log-probability of each token, parallel to ``tokens``; `nil` if not asked for.
  public var logProbabilities: [Float]?
  /// How many samples arrived at exactly this path, ≥ 1: its weight in votes.
  public var multiplicity: Int
  package var stepTrail: Trail<Step>
  package var tokenTrail: Trail<Token>

  private enum CodingKeys: String, CodingKey {
    case id, parent, ending, continuation, score, logProbabilities, multiplicity
    case stepTrail = "steps"
    case tokenTrail = "tokens"
  }

  /// Makes a candidate.
  public init(
    id: ID, parent: ID? = nil, steps: [Step], ending: Ending, continuation: Continuation = .empty,
    score: Double? = nil, tokens: [Token] = [], logProbabilities: [Float]? = nil, multiplicity: Int = 1
  ) {
    self.id = id
    self.parent = parent
    stepTrail = Trail(steps)
    self.ending = ending
    self.continuation = continuation
    self.score = score
    tokenTrail = Trail(tokens)
    self.logProbabilities = logProbabilities
    self.multiplicity = multiplicity
  }

  /// The whole solution.
  public var text: String {
    let steps = steps
    return steps.count == 1 ? steps[0].text : steps.map(\.text).joined()
  }

  /// Whether it came to its own end. The others never vote and never win while a complete one exists.
  public var isComplete: Bool {
    switch ending {
    case .endOfText, .stop, .answered: true
    case .length, .budget, .cancelled, .open: false
    }
  }
}

extension Candidate {
  /// A candidate made of one completion, its text split into steps.
  public init(id: ID, parent: ID? = nil, _ generated: Generated, delimiter: String = Step.delimiter) {
    let completion = generated.completion
    self.init(
      id: id, parent: parent, steps: Step.split(completion.text, at: delimiter), ending: generated.ending,
      continuation: completion.continuation, tokens: completion.tokens,
      logProbabilities: completion.logProbabilities)
  }
}

extension Sequence<Candidate> {
  /// Those that may vote and win: the complete ones, or all if none is complete.
  public var eligible: [Candidate] {
    let complete = filter(\.isComplete)
    return complete.isEmpty ? Array(self) : complete
  }
}
