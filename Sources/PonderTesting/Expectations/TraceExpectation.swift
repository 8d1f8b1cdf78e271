import PonderGeneration
import PonderStrategies

/// Something that must hold of a run's trace, and what to say if it does not.
///
/// Depends on no test framework. Violations are sentences, so that a failing test shows what is wrong:
///
/// ```swift
/// #expect(outcome.trace.violations(of: .invariants, .stages("ensemble/0/beam")) == [])      // swift-testing
/// XCTAssertEqual(outcome.trace.violations(of: .invariants), [])                             // XCTest
/// ```
public struct TraceExpectation: Sendable {
  /// Says in a few words what must hold.
  public let name: String
  private let check: @Sendable (Trace) -> [String]

  /// Makes an expectation of your own: `check` says each thing that is wrong in one sentence.
  public init(_ name: String, check: @escaping @Sendable (Trace) -> [String]) {
    self.name = name
    self.check = check
  }

  /// What is wrong with a trace, each in one sentence; empty if nothing is.
  public func violations(in trace: Trace) -> [String] { check(trace).map { "\(name): \($0)" } }
}

extension Trace {
  /// What is wrong with this trace, each in one sentence; empty if all expectations hold.
  public func violations(of expectations: TraceExpectation...) -> [String] {
    expectations.flatMap { $0.violations(in: self) }
  }
}

extension TraceExpectation {
  /// What holds of every finished run, whatever its strategy: all of ``oneRun``, ``treeOrder``, ``chargesAddUp``,
  /// ``budgetsHold``, ``knownCandidates`` and ``selectedFromPool``.
  public static var invariants: TraceExpectation {
    let all = [oneRun, treeOrder, chargesAddUp, budgetsHold, knownCandidates, selectedFromPool]
    return TraceExpectation("invariants") { trace in all.flatMap { $0.violations(in: trace) } }
  }

  /// The run begins once and ends once.
  public static var oneRun: TraceExpectation {
    TraceExpectation("one run") { trace in
      let starts = trace.events.count { if case .started = $0.kind { true } else { false } }
      let ends = trace.events.count { if case .finished = $0.kind { true } else { false } }
      return (starts == 1 ? [] : ["it begins \(starts) times"]) + (ends == 1 ? [] : ["it ends \(ends) times"])
    }
  }

  /// Events stand in the order of the tree, and no two have the same place in it.
  public static var treeOrder: TraceExpectation {
    TraceExpectation("order of the tree") { trace in
      zip(trace.events, trace.events.dropFirst()).compactMap { first, second in
        (first.path, first.sequence) < (second.path, second.sequence)
          ? nil : "event \(second.sequence) of '\(second.path)' stands behind \(first.sequence) of '\(first.path)'"
      }
    }
  }

  /// Tokens are conserved: the charges of all calls add up to what the run says that it spent, and a policy's call is
  /// charged with the tokens that it generated.
  public static var chargesAddUp: TraceExpectation {
    TraceExpectation("charges add up") { trace in
      var violations: [String] = []
      for (event, call) in trace.calls {
        guard let generated = call.generatedTokens, call.charged.samples > 0 else { continue }
        if call.charged.tokens != generated {
          let charged = call.charged.tokens
          violations.append(
            "call \(event.sequence) of '\(event.path)' generated \(generated) tokens, was charged \(charged)")
        }
      }
      let sum = trace.charged { _ in true }
      for case .finished(_, let spent) in trace.events.map(\.kind) where !spent.isSame(as: sum) {
        violations.append("the run says that it spent \(spent), its calls \(sum)")
      }
      return violations
    }
  }

  /// No limited strategy spent more than its limit, nor more than it says.
  public static var budgetsHold: TraceExpectation {
    TraceExpectation("budgets hold") { trace in
      trace.events.flatMap { event -> [String] in
        guard case .budget(let limit, let spent) = event.kind else { return [] }
        let calls = trace.charged { $0.isInside(event.path) }
        var violations = limit.excess(of: spent).map { "'\(event.path)' spent \($0)" }
        // Some of its calls may be made in stages of other names, so that they may seem fewer, and never more.
        if !spent.covers(calls) {
          violations.append("'\(event.path)' says that it spent \(spent), its calls \(calls)")
        }
        return violations
      }
    }
  }

  /// No request was sent to a model twice: the second answer would have been the first.
  ///
  /// Holds of all strategies but a search with lookahead, whose greedy rollouts may meet.
  public static var nothingPaidTwice: TraceExpectation {
    TraceExpectation("nothing paid twice") { trace in
      var first: [UInt64: Event] = [:]
      return trace.calls.compactMap { event, call in
        guard case .completion = call.answer else { return nil }
        guard let twin = first[call.digest] else {
          first[call.digest] = event
          return nil
        }
        return "call \(event.sequence) of '\(event.path)' repeats call \(twin.sequence) of '\(twin.path)'"
      }
    }
  }

  /// Whatever is scored, pruned, expanded, resampled, revised or selected, or has children, was made.
  public static var knownCandidates: TraceExpectation {
    TraceExpectation("known candidates") { trace in
      let known = Set(trace.made.keys).union(trace.failed)
      return trace.events.flatMap { event in
        event.kind.mentioned.filter { !known.contains($0) }.map {
          "'\(event.path)' speaks of \($0), which nothing made"
        }
      }
    }
  }

  /// What a selector chose is one of its candidates, and a complete one if any of them is.
  public static var selectedFromPool: TraceExpectation {
    TraceExpectation("selected from the pool") { trace in
      let made = trace.made
      return trace.events.compactMap { event in
        guard case .selected(let id, _) = event.kind else { return nil }
        guard let ending = made[id] else { return "'\(event.path)' selected \(id), which nothing made" }
        let isAnyComplete = made.contains { $0.key.path.isInside(event.path) && $0.value.isComplete }
        return ending.isComplete || !isAnyComplete
          ? nil : "'\(event.path)' selected \(id), which ended by \(ending), though others are complete"
      }
    }
  }

  /// Something happened in each of these stages: how strategies are nested.
  public static func stages(_ paths: String...) -> TraceExpectation {
    TraceExpectation("stages") { trace in
      let present = Set(trace.events.map(\.path.description))
      let missing = paths.filter { !present.contains($0) }
      guard !missing.isEmpty else { return [] }
      let others = present.sorted().map { "'\($0)'" }.joined(separator: ", ")
      return missing.map { "nothing happened in '\($0)', only in \(others)" }
    }
  }

  /// So many calls to models were made in a stage and the stages below it.
  public static func calls(_ count: Int, in path: String) -> TraceExpectation {
    TraceExpectation("calls") { trace in
      let stage = TreePath(path)
      let calls = trace.calls.count { event, call in
        call.isOfModel && event.path.components.starts(with: stage.components)
      }
      return calls == count ? [] : ["'\(path)' made \(calls) calls, not \(count)"]
    }
  }

  /// The run spent this: policies' tokens and requests.
  public static func spent(tokens: Int? = nil, samples: Int? = nil) -> TraceExpectation {
    TraceExpectation("spent") { trace in
      let spent = trace.charged { _ in true }
      return [("tokens", tokens, spent.tokens), ("samples", samples, spent.samples)].compactMap {
        name, expected, found in
        expected.map { $0 == found } ?? true ? nil : "\(found) \(name), not \(expected ?? 0)"
      }
    }
  }

  /// The trace holds all that an earlier one does, as that of a resumed run must.
  public static func continues(_ earlier: Trace) -> TraceExpectation {
    TraceExpectation("continues the earlier run") { trace in
      let events = Set(trace.events)
      return earlier.events.filter { !events.contains($0) }.map {
        "event \($0.sequence) of '\($0.path)' of the earlier run is missing or differs"
      }
    }
  }
}
