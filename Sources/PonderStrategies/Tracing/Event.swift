import PonderGeneration

/// Something that happened in a run. All progress, logs, pictures and the journal for resuming come from these.
public struct Event: Sendable, Hashable, Codable {
  /// The stage in which it happened.
  public var path: TreePath
  /// Its place among the events of the stage, as the tree orders them.
  public var sequence: Int
  /// What happened.
  public var kind: Kind

  /// Makes an event.
  public init(path: TreePath, sequence: Int, kind: Kind) {
    self.path = path
    self.sequence = sequence
    self.kind = kind
  }

  /// What can happen. Texts are those of one step or candidate, never of whole paths: parents are named by id.
  public enum Kind: Sendable, Hashable, Codable {
    /// The run began.
    case started(RunHeader)
    /// A model, verifier or critic answered: the journal of what was paid for.
    // Indirect: it is several times as large as any other, and events are many.
    indirect case called(CallRecord)
    /// There is a candidate, or more of one that was begun: then the text is what is new.
    case candidate(id: Candidate.ID, parent: Candidate.ID?, text: String, ending: Candidate.Ending)
    /// A search made a step; its parent is the step before, `nil` for a first one.
    case step(id: Candidate.ID, parent: Candidate.ID?, text: String, ending: Candidate.Ending)
    /// A verifier scored a candidate or the path up to a step.
    case scored(id: Candidate.ID, score: Double)
    /// A search gave these up.
    case pruned([Candidate.ID])
    /// A search goes on from this one with so many children.
    case expanded(id: Candidate.ID, children: Int)
    /// A resampling kept each of these as often as it stands here.
    case resampled([Candidate.ID])
    /// A revision was compared with its predecessor.
    case revised(id: Candidate.ID, from: Candidate.ID, isAccepted: Bool)
    /// One call came to nothing, on account of this candidate if there is one.
    case failed(id: Candidate.ID?, StrategyFailure)
    /// A selector chose, by this answer if it reads answers.
    case selected(id: Candidate.ID, answer: String?)
    /// A limited strategy ended: its limit and what it spent.
    case budget(limit: Budget, spent: Spending)
    /// Something a strategy wants to say.
    case note(String)
    /// The run ended.
    case finished(stop: Stop, spent: Spending)
  }
}

/// What a run is about.
public struct RunHeader: Sendable, Hashable, Codable {
  /// ``Problem/id``
  public var problem: String
  /// The run's seed, before the problem's id is derived into it.
  public var seed: Seed
  /// ``PonderGeneration/ModelDescription/fingerprint``
  public var model: String
  /// ``Strategy/fingerprint``
  public var strategy: String

  /// Makes a header.
  public init(problem: String, seed: Seed, model: String, strategy: String) {
    self.problem = problem
    self.seed = seed
    self.model = model
    self.strategy = strategy
  }
}
