import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Each expectation holds of a real run, and says in words what is wrong with a trace in which one thing was changed.
@Suite struct TraceExpectationTests {
  let solver = Sample(3).selected(by: .majority(of: .boxedAnswer)).limited(to: .tokens(100))
  let model = ClosureModel { _ in "\\boxed{1}" }

  private func trace() async throws -> Trace { try await solver.solve("q", on: model, seed: 1).trace }

  /// A trace with its events changed one by one; `nil` drops one.
  private func changed(_ change: (Event) -> Event?) async throws -> Trace {
    Trace(try await trace().events.compactMap(change))
  }

  @Test func aRealRunKeepsAllOfThem() async throws {
    let violations = try await trace().violations(
      of: .invariants, .stages("sample", "sample.selected"), .calls(3, in: "sample"), .spent(tokens: 27, samples: 3))
    #expect(violations == [])
  }

  @Test func aRunThatHasNoEndIsNamed() async throws {
    let trace = try await changed { if case .finished = $0.kind { nil } else { $0 } }
    #expect(trace.violations(of: .oneRun) == ["one run: it ends 0 times"])
  }

  @Test func aCallThatIsMissingLeavesChargesThatDoNotAddUp() async throws {
    let trace = try await changed { event in
      if case .called = event.kind, event.sequence == 0 { nil } else { event }
    }
    let violations = trace.violations(of: .chargesAddUp)
    #expect(violations.count == 1 && violations[0].hasPrefix("charges add up: the run says that it spent"))
    #expect(trace.violations(of: .calls(3, in: "sample")) == ["calls: 'sample' made 2 calls, not 3"])
    #expect(trace.violations(of: .spent(tokens: 27)) == ["spent: 18 tokens, not 27"])
  }

  @Test func aCallThatWasChargedOtherwiseIsNamed() async throws {
    let trace = try await changed { event in
      guard case .called(var call) = event.kind, event.sequence == 1 else { return event }
      call.charged.tokens += 1
      return Event(path: event.path, sequence: event.sequence, kind: .called(call))
    }
    #expect(
      trace.violations(of: .chargesAddUp).first
        == "charges add up: call 1 of 'sample' generated 9 tokens, was charged 10")
    #expect(trace.violations(of: .budgetsHold).count == 1)
  }

  @Test func aBudgetThatWasExceededIsNamed() async throws {
    let trace = try await changed { event in
      guard case .budget(_, let spent) = event.kind else { return event }
      return Event(path: event.path, sequence: event.sequence, kind: .budget(limit: .tokens(26), spent: spent))
    }
    #expect(trace.violations(of: .budgetsHold) == ["budgets hold: 'sample.selected.limited' spent 27 of 26 tokens"])
  }

  @Test func aCallThatWasMadeTwiceIsNamed() async throws {
    let trace = try await changed { event in
      guard case .called(var call) = event.kind else { return event }
      call.digest = event.sequence == 0 ? 1 : 2
      return Event(path: event.path, sequence: event.sequence, kind: .called(call))
    }
    #expect(
      trace.violations(of: .nothingPaidTwice) == ["nothing paid twice: call 2 of 'sample' repeats call 1 of 'sample'"])
  }

  @Test func aCandidateThatNothingMadeIsNamed() async throws {
    let trace = try await changed { if case .candidate = $0.kind { nil } else { $0 } }
    #expect(
      trace.violations(of: .knownCandidates)
        == ["known candidates: 'sample.selected' speaks of sample#0, which nothing made"])
    #expect(trace.violations(of: .selectedFromPool).count == 1)
  }

  @Test func aCutCandidateMayNotWinBesideCompleteOnes() async throws {
    let trace = try await changed { event in
      guard case .candidate(let id, let parent, let text, _) = event.kind, id.number == 0 else { return event }
      return Event(
        path: event.path, sequence: event.sequence,
        kind: .candidate(id: id, parent: parent, text: text, ending: .length))
    }
    #expect(
      trace.violations(of: .selectedFromPool) == [
        "selected from the pool: 'sample.selected' selected sample#0, which ended by length, though others are complete"
      ])
  }

  @Test func aStageThatIsMissingIsNamedBesideThoseThatAreThere() async throws {
    #expect(
      try await trace().violations(of: .stages("beam")) == [
        "stages: nothing happened in 'beam', only in '', 'sample', 'sample.selected', 'sample.selected.limited'"
      ])
  }

  @Test func eventsOutOfOrderAreNamed() async throws {
    var trace = try await trace()
    trace.events.swapAt(2, 3)
    #expect(trace.violations(of: .treeOrder).count == 1)
    trace.events.swapAt(2, 3)
    trace.events.append(trace.events[4])
    #expect(!trace.violations(of: .treeOrder).isEmpty)
  }

  @Test func aTraceThatForgotAnEarlierOneIsNamed() async throws {
    let whole = try await trace()
    let missing = Trace(whole.events.dropLast())
    #expect(whole.violations(of: .continues(missing)) == [])
    #expect(
      missing.violations(of: .continues(whole)) == [
        "continues the earlier run: event 0 of 'sample.selected.limited' of the earlier run is missing or differs"
      ])
  }

  @Test func anExpectationOfOnesOwnHasAName() async throws {
    let short = TraceExpectation("short answers") { trace in
      trace.events.compactMap {
        if case .candidate(let id, _, let text, _) = $0.kind, text.count > 8 { "\(id) is long" } else { nil }
      }
    }
    #expect(try await trace().violations(of: short).first == "short answers: sample#0 is long")
  }
}
