import PonderGeneration
import PonderStrategies

extension Trace {
  /// The calls with their events, in the order of the tree.
  var calls: [(event: Event, call: CallRecord)] {
    events.compactMap { event in if case .called(let call) = event.kind { (event, call) } else { nil } }
  }

  /// How each candidate or step ended, by its id.
  var made: [Candidate.ID: Candidate.Ending] {
    var made: [Candidate.ID: Candidate.Ending] = [:]
    for event in events {
      switch event.kind {
      case .candidate(let id, _, _, let ending), .step(let id, _, _, let ending): made[id] = ending
      default: break
      }
    }
    return made
  }

  /// The candidates that were to be made when a call came to nothing.
  var failed: [Candidate.ID] {
    events.compactMap { if case .failed(let id, _) = $0.kind { id } else { nil } }
  }

  /// What the calls of the stages that `isCounted` were charged with.
  func charged(where isCounted: (TreePath) -> Bool) -> Spending {
    calls.reduce(Spending()) { isCounted($1.event.path) ? $0 + $1.call.charged : $0 }
  }
}

extension CallRecord {
  /// Whether a model was asked, rather than a verifier or critic that works by itself.
  var isOfModel: Bool {
    switch answer {
    case .completion, .scores, .failure: true
    case .verdicts, .stepScores, .critiques, .elsewhere: false
    }
  }

  /// The tokens that a model generated; `nil` of a call that generates none.
  var generatedTokens: Int? {
    switch answer {
    case .completion(let completion): completion.usage.generatedTokens
    case .failure(_, let usage): usage.generatedTokens
    case .scores, .verdicts, .stepScores, .critiques, .elsewhere: nil
    }
  }
}

extension Candidate.Ending {
  var isComplete: Bool { Candidate(id: .init(path: TreePath(), number: 0), steps: [], ending: self).isComplete }
}

extension Spending {
  /// Equal, apart from the rounding of sums of FLOPs in another order.
  func isSame(as other: Spending) -> Bool {
    tokens == other.tokens && samples == other.samples && verifierTokens == other.verifierTokens
      && abs(flops - other.flops) <= 1e-9 * max(flops, other.flops)
  }

  /// At least as much, apart from the rounding of sums of FLOPs in another order.
  func covers(_ other: Spending) -> Bool {
    tokens >= other.tokens && samples >= other.samples && verifierTokens >= other.verifierTokens
      && flops * (1 + 1e-9) >= other.flops
  }
}

extension TreePath {
  /// Whether this stage is `wrapper`, below it, or of what it wraps: `sample` is inside `sample.scored.limited`.
  ///
  /// A strategy that wraps another appends to the other's label and stands beside it.
  func isInside(_ wrapper: TreePath) -> Bool {
    let depth = wrapper.components.count - 1
    guard depth >= 0, components.count > depth, components.starts(with: wrapper.components[..<depth]),
      case .label(let name) = wrapper.components[depth], case .label(let mine) = components[depth]
    else { return false }
    return name == mine || name.hasPrefix(mine + ".")
  }
}

extension Budget {
  /// What exceeds the limits, in words. The wall clock is not looked at: a call that is under way may end behind it.
  func excess(of spent: Spending) -> [String] {
    var excess: [String] = []
    if let tokens, spent.tokens > tokens { excess.append("\(spent.tokens) of \(tokens) tokens") }
    if let samples, spent.samples > samples { excess.append("\(spent.samples) of \(samples) samples") }
    if let flops, spent.flops > flops { excess.append("\(spent.flops) of \(flops) FLOPs") }
    if let verifierTokens, spent.verifierTokens > verifierTokens {
      excess.append("\(spent.verifierTokens) of \(verifierTokens) verifier tokens")
    }
    return excess
  }
}

extension Event.Kind {
  /// The candidates that must have been made elsewhere for this to make sense.
  var mentioned: [Candidate.ID] {
    switch self {
    case .candidate(_, let parent, _, _), .step(_, let parent, _, _): parent.map { [$0] } ?? []
    case .scored(let id, _), .expanded(let id, _), .selected(let id, _): [id]
    case .pruned(let ids), .resampled(let ids): ids
    case .revised(let id, let from, _): [id, from]
    // A sample that failed was never made.
    case .failed, .started, .called, .budget, .note, .finished: []
    }
  }
}
