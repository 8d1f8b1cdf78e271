import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct RunTests {
  let solver = Sample(4).scored(by: .arithmetic).selected(by: .bestOfN).limited(to: .tokens(1000))
  let model = ClosureModel { request in .text("1+1=\(request.seed.value % 3)\n\n\\boxed{\(request.seed.value % 3)}") }

  @Test func everyConsumerSeesAllEventsWheneverItStarts() async throws {
    let run = solver.start("q", on: model, seed: 5)
    async let early = run.events.reduce(into: []) { $0.append($1) }
    let outcome = try await run.outcome
    let late = await run.events.reduce(into: []) { $0.append($1) }
    #expect(await early == late)
    #expect(Trace(late) == outcome.trace)
    guard case .finished(.finished, outcome.usage.charged) = late.last?.kind else {
      Issue.record("the last event is \(String(describing: late.last))")
      return
    }
  }

  @Test func cancellingKeepsWhatWasPaidFor() async throws {
    let model = ClosureModel { request in
      if request.seed.value % 2 == 0 { try? await Task.sleep(for: .seconds(60)) }
      return "done"
    }
    let run = Sample(8).start("q", on: model, seed: 5)
    try await Task.sleep(for: .milliseconds(20))
    run.cancel()
    let outcome = try await run.outcome
    #expect(outcome.stop == .cancelled)
    #expect(outcome.candidates.allSatisfy { $0.ending == .cancelled || $0.text == "done" })
  }

  @Test func aRunKilledAtAnyEventGoesOnWithoutPayingTwice() async throws {
    let recorder = CallRecorder(model)
    let run = solver.start("q", on: recorder, seed: 5)
    let whole = try await run.outcome
    let events = await run.events.reduce(into: []) { $0.append($1) }
    for killedAt in 0...events.count {
      let partial = Trace(events.prefix(killedAt))
      let paid = partial.events.count {
        if case .called(let call) = $0.kind, case .completion = call.answer { true } else { false }
      }
      let recorder = CallRecorder(model)
      let resumed = try await solver.solve("q", on: recorder, seed: 5, resuming: partial)
      #expect(resumed == whole)
      #expect(recorder.requests.count == 4 - paid)
    }
  }

  @Test func aTraceOfAnotherRunIsRefused() async throws {
    let trace = try await solver.solve("q", on: model, seed: 5).trace
    await #expect(throws: StrategyError.self) { try await solver.solve("q", on: model, seed: 6, resuming: trace) }
    await #expect(throws: StrategyError.self) { try await Sample(4).solve("q", on: model, seed: 5, resuming: trace) }
  }

  @Test(arguments: [1, 3, 64]) func manyProblemsGiveTheOutcomesOfEach(concurrency: Int) async throws {
    let problems = (0..<12).map { Problem("question \($0)", reference: "2") }
    var seen = Set<Int>()
    for await done in solver.run(over: problems, on: model, seed: 5, concurrency: concurrency) {
      let alone = try await solver.solve(problems[done.index], on: model, seed: 5)
      #expect(try done.result.get() == alone)
      #expect(done.problem == problems[done.index])
      seen.insert(done.index)
    }
    #expect(seen == Set(0..<12))
  }
}
