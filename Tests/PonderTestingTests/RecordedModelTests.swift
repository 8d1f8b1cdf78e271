import Foundation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct RecordedModelTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let problem = SimulatedProblem(3, steps: 3).problem
  let solver = BeamSearch(4, branching: 2, guidedBy: SimulatedRewardModel()).limited(to: .flops(1e12))

  /// A file of its own, gone when the test is over.
  private func withFile<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let file = FileManager.default.temporaryDirectory.appending(path: "recording-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    return try await body(file)
  }

  @Test func aRunIsReplayedWithoutItsModel() async throws {
    try await withFile { file in
      let recorder = RecordedModel(recording: model)
      let recorded = try await solver.solve(problem, on: recorder, seed: 7)
      #expect(try await solver.solve(problem, on: model, seed: 7) == recorded)
      try recorder.write(to: file)
      let replayed = try await solver.solve(problem, on: RecordedModel(replaying: file), seed: 7)
      #expect(replayed == recorded)
    }
  }

  @Test func theSameRecordingHasTheSameBytes() async throws {
    try await withFile { first in
      try await withFile { second in
        for (order, file) in [first, second].enumerated() {
          let late = DisturbedModel(model) {
            .delay(.microseconds(Int(Seed($0.seed.value).derived(order).value % 300)))
          }
          let recorder = RecordedModel(recording: late)
          _ = try await solver.solve(problem, on: recorder, seed: 7)
          try recorder.write(to: file)
        }
        #expect(try Data(contentsOf: first) == Data(contentsOf: second))
      }
    }
  }

  @Test func aRequestThatWasNotRecordedSaysHowTheNearestOneDiffers() async throws {
    try await withFile { file in
      let recorder = RecordedModel(recording: ClosureModel { _ in "yes" })
      let asked = GenerationRequest(.chat("Is the sea deep?"), maximumTokens: 10, seed: 1)
      for seed in [1, 2] as [Seed] {
        var request = asked
        request.seed = seed
        _ = try await recorder.completion(for: request)
      }
      try recorder.write(to: file)
      let replay = try RecordedModel(replaying: file)
      var other = asked
      other.prompt = .chat("Is the sea wide?")
      let expected = GenerationError.failed(
        "\(file.lastPathComponent) holds no such request; the nearest of 2 differs in prompt: "
          + "\"…te\nuser: Is the sea deep?\" was recorded, \"…te\nuser: Is the sea wide?\" was asked")
      await #expect(throws: expected) { try await replay.completion(for: other) }
      other = asked
      other.seed = 3
      other.maximumTokens = 11
      await #expect {
        try await replay.completion(for: other)
      } throws: { error in
        "\(error)".contains("maximumTokens: \"10\" was recorded, \"11\" was asked; seed: \"")
      }
    }
  }

  @Test func failuresAreReplayedAndWhatWasCancelledIsNotRecorded() async throws {
    try await withFile { file in
      let recorder = RecordedModel(
        recording: ClosureModel { $0.seed == 1 ? .failure(.failed("down"), afterTokens: 2) : "fine" })
      let requests = [1, 2].map { GenerationRequest(.chat("q"), seed: $0) }
      let results = await recorder.completions(for: requests)
      let cancelled = Task {
        try? await Task.sleep(for: .seconds(600))
        return try await recorder.completion(for: GenerationRequest(.chat("q"), seed: 3))
      }
      cancelled.cancel()
      _ = try? await cancelled.value
      try recorder.write(to: file)
      let replay = try RecordedModel(replaying: file)
      #expect(await replay.completions(for: requests) == results)
      let third = await replay.completions(for: [GenerationRequest(.chat("q"), seed: 3)])
      #expect("\(third[0])".contains("the nearest of 2 differs in seed"))
    }
  }

  @Test func whatAScoringModelReadsIsReplayed() async throws {
    try await withFile { file in
      let recorder = RecordedModel(recording: ClosureScoringModel { text in [Float(text.utf8.count), -.infinity] })
      let request = ScoringRequest([.init(.text("2+2=")), .init(.text("4"), captures: [.head])])
      let result = try await recorder.score([request])[0].get()
      #expect(result.segments[1].head == [[5, -.infinity]])
      #expect(try recorder.token(spelling: "4") == 52 && recorder.tokenBound(of: request) == 13)
      #expect(try recorder.encode(.text("2+")) == [50, 43])
      try recorder.write(to: file)
      let replay = try RecordedModel(replaying: file)
      #expect(replay.description == recorder.description)
      #expect(try replay.encode(.text("2+")) == [50, 43])
      #expect(throws: GenerationError.self) { try replay.encode(.text("3+")) }
      #expect(await replay.score([request]) == [.success(result)])
      #expect(try replay.token(spelling: "4") == 52 && replay.tokenBound(of: request) == 13)
      let other = ScoringRequest([.init(.text("2+3=")), .init(.text("4"), captures: [.head])])
      #expect("\(await replay.score([other])[0])".contains("the nearest of 1 differs in text"))
      let generation = await replay.completions(for: [GenerationRequest(.chat("q"), seed: 3)])
      #expect("\(generation[0])".contains("holds no such request, and no other either"))
    }
  }

  @Test func aFileThatIsNoRecordingIsRefusedWithItsLine() async throws {
    try await withFile { file in
      #expect(throws: RecordingError.self) { try RecordedModel(replaying: file) }
      for text in [
        "", "{}\n", "{\"lookedUp\":{\"answer\":{\"text\":{\"_0\":\"a\"}},\"key\":{\"text\":{\"_0\":\"a\"}}}}\n",
      ] {
        try Data(text.utf8).write(to: file)
        #expect(throws: RecordingError.malformedLine(file: file.lastPathComponent, line: 1)) {
          try RecordedModel(replaying: file)
        }
      }
      let recorder = RecordedModel(recording: model)
      try recorder.write(to: file)
      let whole = try Data(contentsOf: file)
      try (whole + Data("{\"generated\":".utf8)).write(to: file)
      #expect(throws: RecordingError.malformedLine(file: file.lastPathComponent, line: 2)) {
        try RecordedModel(replaying: file)
      }
    }
  }

  @Test func aRecordingThatCannotBeWrittenLeavesNothingBehind() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "no-such-folder-\(UUID().uuidString)")
    #expect(throws: RecordingError.self) {
      try RecordedModel(recording: model).write(to: folder.appending(path: "recording.jsonl"))
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
