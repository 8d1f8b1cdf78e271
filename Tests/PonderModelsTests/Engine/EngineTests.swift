import Dispatch
import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// A model without weights: token t is followed by t + 1 and the last by 20; the poison is followed by no number.
private struct CountingModel: TokenModel {
  static let poison: Token = 13
  /// Called on the engine's thread before the successor of a token is computed.
  var willFollow: @Sendable (Token) -> Void = { _ in }
  var vocabularySize = 64
  var workers = Workers(count: 1)
  let cacheShape = KVStorage.Shape(layers: 1, kvHeads: 1, headDimension: 2)

  func forward(_ batch: Batch, cache: KVStorage) -> Activations {
    let tokens = batch.slices.flatMap { slice in slice.outputs.map { slice.tokens[$0] } }
    let hidden = Activations(rows: tokens.count, width: 1)
    for (row, token) in tokens.enumerated() { hidden.row(row)[0] = Float(token) }
    return hidden
  }

  func logits(_ hidden: borrowing Activations) -> Activations {
    let logits = Activations(rows: hidden.rows, width: vocabularySize)
    for row in 0..<hidden.rows {
      let token = Int(hidden.row(row)[0])
      willFollow(Token(token))
      let next = token + 1 < vocabularySize ? token + 1 : 20
      for index in 0..<vocabularySize { logits.row(row)[index] = index == next ? 5 : 0 }
      if token == Int(Self.poison) { logits.row(row)[0] = .nan }
    }
    return logits
  }

  func logits(_ hidden: UnsafePointer<Float>, of tokens: [Token]) -> [Float] { tokens.map { _ in 0 } }
  func headOutputs(_ hidden: UnsafePointer<Float>) -> [Float] { [hidden[0]] }
}

struct EngineTests {
  private let engine = Engine(model: CountingModel(), cacheBytes: 1 << 25)

  private func run(_ prompt: [Token], count: Int, seed: Seed = 1) -> (id: SequenceID, box: RecordingTask.Box) {
    let box = RecordingTask.Box()
    return (engine.submit([RecordingTask(prompt, count: count, sampling: .greedy, seed: seed, box)])[0], box)
  }

  @Test func tasksOfManyCallersRunToTheirEnds() async {
    let runs = (0..<100).map { run([Token($0 % 5 + 20)], count: 3 + $0 % 7) }
    for (number, run) in runs.enumerated() {
      let first = Token(number % 5 + 21)
      #expect(await run.box.value().tokens == (0..<Token(3 + number % 7)).map { first + $0 })
    }
  }

  @Test func oneFailureLeavesTheOthersAlone() async {
    let (good, bad) = (run([20], count: 30), run([10], count: 30))
    let record = await bad.box.value()
    #expect(record.tokens == [11, 12, 13])
    #expect(record.end == .failed(.nonFiniteOutput("a logit at position 4 is nan")))
    #expect(await good.box.value().tokens.count == 30)
  }

  /// So many logits that drawing is worth several threads.
  @Test func tokensDrawnSideBySideAreThoseDrawnInTurn() async {
    func records(_ workers: Workers) async -> [RecordingTask.Record] {
      let engine = Engine(model: CountingModel(vocabularySize: 1 << 14, workers: workers), cacheBytes: 1 << 25)
      return await engine.sample((0..<32).map { (prompt: [20], seed: Seed(UInt64($0))) }, count: 4)
    }
    let inTurn = await records(Workers(count: 1))
    #expect(Set(inTurn.map(\.tokens)).count == 32)
    #expect(await records(Workers(count: 4)) == inTurn)
  }

  @Test func whatCanNeverFitIsRefusedAtOnce() async {
    let capacity = engine.tokenCapacity
    let record = await run([1, 2, 3], count: capacity).box.value()
    #expect(record.end == .failed(.cacheTooSmall(neededTokens: capacity + 3, availableTokens: capacity)))
    #expect(record.tokens.isEmpty)
  }

  @Test func cancellationEndsATaskAtItsNextTokenAndKeepsTheOnesBefore() async {
    let (reached, proceed) = (RecordingTask.Box(), DispatchSemaphore(value: 0))
    let model = CountingModel { token in
      guard token == 22 else { return }
      reached.set(RecordingTask.Record())
      proceed.wait()
    }
    let engine = Engine(model: model, cacheBytes: 1 << 25)
    let box = RecordingTask.Box()
    let ids = engine.submit([RecordingTask([20], count: 1000, sampling: .greedy, seed: 1, box)])
    _ = await reached.value()
    engine.cancel(ids)
    proceed.signal()
    let record = await box.value()
    #expect(record.end == .cancelled)
    #expect(record.tokens == [21, 22, 23])
    // The engine goes on.
    let other = RecordingTask.Box()
    engine.submit([RecordingTask([40], count: 3, sampling: .greedy, seed: 1, other)])
    #expect(await other.value().tokens == [41, 42, 43])
  }
}
