import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// The determinism contract: the same tokens and log-probabilities, bit for bit, whatever the surroundings.
struct DeterminismTests {
  struct Setup: Sendable, CustomTestStringConvertible {
    var weights: TinyTransformer.Weights
    var backend: MatrixBackend
    var cache = CacheFormat.f32
    var testDescription: String { "\(weights.rawValue), \(backend.rawValue), \(cache.rawValue) cache" }
  }

  static let setups = [
    Setup(weights: .f32, backend: .openBLAS), Setup(weights: .f16, backend: .openBLAS),
    Setup(weights: .f32, backend: .kernels), Setup(weights: .f16, backend: .kernels),
    Setup(weights: .q8, backend: .kernels), Setup(weights: .int4, backend: .kernels),
    Setup(weights: .f32, backend: .kernels, cache: .f16), Setup(weights: .f32, backend: .kernels, cache: .int8),
    Setup(weights: .q8, backend: .kernels, cache: .f16), Setup(weights: .q8, backend: .kernels, cache: .int8),
    Setup(weights: .int4, backend: .kernels, cache: .int8),
  ]

  private func engine(
    _ setup: Setup, threads: Int = 1, limits: Scheduler.Limits = .init(), cacheBytes: Int = 1 << 26
  ) -> Engine {
    Engine(
      model: TinyTransformer.make(setup.weights, threads: threads, backend: setup.backend), cacheBytes: cacheBytes,
      cacheFormat: setup.cache, limits: limits)
  }

  private let prompt: [Token] = (0..<75).map { Token(($0 * 37 + 5) % 200) }

  /// The request under test, alone in a fresh engine.
  private func alone(_ setup: Setup) async -> RecordingTask.Record {
    await engine(setup).sample([(prompt, 7)], count: 40)[0]
  }

  private func expectSame(_ a: RecordingTask.Record, _ b: RecordingTask.Record) {
    #expect(a.tokens == b.tokens)
    #expect(a.logProbabilities.map(\.bitPattern) == b.logProbabilities.map(\.bitPattern))
  }

  @Test(arguments: setups) func aloneOrInABatchOf64(setup: Setup) async {
    let expected = await alone(setup)
    var requests = (0..<64).map { number in
      (prompt: Array(prompt.prefix(1 + number)).map { ($0 + Token(number)) % 200 }, seed: Seed(UInt64(number)))
    }
    requests[41] = (prompt, 7)
    expectSame(await engine(setup).sample(requests, count: 40)[41], expected)
  }

  @Test(arguments: setups) func withAColdOrAWarmCache(setup: Setup) async {
    let expected = await alone(setup)
    let engine = engine(setup)
    // The first ends inside a block, the second goes another way in the middle of one.
    _ = await engine.sample([(Array(prompt.prefix(53)), 1), (prompt.prefix(70) + [1, 2, 3], 2)], count: 9)
    let warm = await engine.sample([(prompt, 7)], count: 40)[0]
    #expect(warm.cachedTokens == 70)
    expectSame(warm, expected)
    let warmer = await engine.sample([(prompt, 7)], count: 40)[0]
    #expect(warmer.cachedTokens == 74)
    expectSame(warmer, expected)
  }

  @Test(arguments: setups) func withAChunkedOrAWholePrefill(setup: Setup) async {
    let expected = await alone(setup)
    for rows in [16, 20, 33, 64] {
      let chunked = engine(setup, limits: .init(rowsPerStep: rows, sequences: 4))
      expectSame(await chunked.sample([(prompt, 7)], count: 40)[0], expected)
    }
  }

  @Test(arguments: setups) func withOneThreadOrTwo(setup: Setup) async {
    let expected = await alone(setup)
    // Enough rows for the work to be split.
    let requests = (0..<16).map { _ in (prompt: prompt, seed: Seed(7)) }
    for record in await engine(setup, threads: 2).sample(requests, count: 40) { expectSame(record, expected) }
  }

  @Test(arguments: setups) func forkedOrRecomputed(setup: Setup) async {
    let engine = engine(setup)
    let first = await engine.sample([(prompt, 7)], count: 20)[0]
    let requests = (0..<6).map { (prompt: prompt + first.tokens, seed: Seed(UInt64($0))) }
    let forked = await engine.sample(requests, count: 20)
    for (number, request) in requests.enumerated() {
      let recomputed = await self.engine(setup).sample([request], count: 20)[0]
      expectSame(forked[number], recomputed)
    }
    // With the seed that it had, a path goes on as it would have.
    let whole = await alone(setup)
    let rest = await engine.sample([(prompt + first.tokens, 7)], count: 20)[0]
    #expect(whole.tokens == first.tokens + rest.tokens)
    #expect(whole.logProbabilities == first.logProbabilities + rest.logProbabilities)
  }

  @Test(arguments: setups) func inACacheSoSmallThatSequencesArePreempted(setup: Setup) async {
    let expected = await alone(setup)
    var shape = TinyTransformer.make(.f32).cacheShape
    shape.format = setup.cache
    let small = engine(setup, cacheBytes: 12 * shape.bytesPerBlock)
    let requests = (0..<5).map { number in
      (prompt: number == 3 ? prompt : prompt.map { ($0 + Token(number)) % 200 }, seed: Seed(7))
    }
    expectSame(await small.sample(requests, count: 40)[3], expected)
  }
}
