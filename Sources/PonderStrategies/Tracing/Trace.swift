/// All that happened in a run, in the order of the tree: the same for the same seed, whatever ran beside it.
public struct Trace: Sendable, Hashable, Codable {
  /// The events.
  public var events: [Event]

  /// Makes a trace of events in any order; events of one stage keep the order of the tree.
  public init(_ events: some Sequence<Event> = []) {
    self.events = events.sorted { ($0.path, $0.sequence) < ($1.path, $1.sequence) }
  }

  /// What the run is about, if it has begun.
  public var header: RunHeader? {
    for event in events { if case .started(let header) = event.kind { return header } }
    return nil
  }

  /// The calls that came to nothing.
  public var failures: [StrategyFailure] {
    events.compactMap { if case .failed(_, let failure) = $0.kind { failure } else { nil } }
  }
}
