import PonderGeneration
import PonderTesting
import Testing

@Suite struct ScoringFakeTests {
  let model = ClosureScoringModel { text in
    .init(head: [Float(text.utf8.count)], logits: [43: text.hasSuffix("4") ? 1 : -1], hiddenState: [0.5])
  }

  @Test func captureAreReadOffTheMarkedPositions() async throws {
    let request = ScoringRequest([
      .init(.prompt(.chat("2+2="))), .init(.text("45"), captures: [.head, .logits(of: [43, 45])], positions: .every),
      .init(.text("!"), captures: [.hiddenState]),
    ])
    let result = try await model.score([request])[0].get()
    #expect(result.segments[1].head == [[5], [6]])
    #expect(result.segments[1].logits == [[1, 0], [-1, 0]])
    #expect(result.segments[2].hiddenStates == [[0.5]] && result.segments[2].tokens == [33])
    #expect(result.usage == Usage(promptTokens: 7))
    #expect(try model.token(spelling: "+") == 43)
    #expect(try model.encode(.dialogue([.user("a"), .assistant("b")])) == [97, 98])
    #expect(throws: GenerationError.self) { try model.token(spelling: "++") }
  }

  @Test func failuresStrikeTheRequestsTheyAreMeantFor() async throws {
    @Sendable func request(_ text: String) -> ScoringRequest { ScoringRequest([.init(.text(text), captures: [.head])]) }
    let recorder = ScoringCallRecorder(model)
    let shaky = DisturbedScoringModel(recorder) {
      $0 == request("b") ? .failure(.failed("lightning")) : .delay(.microseconds(50))
    }
    let results = await shaky.score(["a", "b", "ccc"].map(request))
    #expect(results.map { try? $0.get().segments[0].head } == [[[1]], nil, [[3]]])
    #expect(results[1] == .failure(.failed("lightning")))
    #expect(recorder.requests.count == 2)
  }
}
