import PonderCore
import PonderGeneration
import PonderModels
import Synchronization
import Testing

/// A policy and a reward model that read the same growing paths, as step-level search has it.
struct RewardLoopTests {
  private static let prompt: [Token] = (0..<37).map { Token(($0 * 37 + 5) % 200) }

  /// Scores paths by what the head says behind their last token.
  private func rewards(_ paths: [[Token]], _ engine: Engine) async -> [Float] {
    let results = Mutex([Float](repeating: .nan, count: paths.count))
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      let left = Mutex(paths.count)
      engine.submit(
        paths.enumerated().map { index, path in
          let segment = ScoringTask.Segment(tokens: path, captures: [.head], positions: [path.count - 1])
          return ScoringTask([segment]) { result in
            if let reward = try? result.get().segments[0].head[0][0] { results.withLock { $0[index] = reward } }
            let isLast = left.withLock { left in
              left -= 1
              return left == 0
            }
            if isLast { done.resume() }
          }
        })
    }
    return results.withLock { $0 }
  }

  /// The row of the goals table: N = 16, M = 4, so four beams of four expansions each.
  @Test func beamSearchComputesEachTokenOnceInThePolicyAndOnceInTheRewardModel() async {
    let (policy, reward) = (CountedModel(TinyTransformer.make(.f32)), CountedModel(TinyTransformer.make(.q8)))
    let (policyEngine, rewardEngine) = (
      Engine(model: policy, cacheBytes: 1 << 26), Engine(model: reward, cacheBytes: 1 << 26)
    )
    let (rounds, stepLength) = (4, 11)
    var beams = [[Token]](repeating: Self.prompt, count: 4)
    /// Every prefix of every path: a token with all that is before it.
    var known: Set<[Token]> = Set((1...Self.prompt.count).map { Array(Self.prompt.prefix($0)) })
    for round in 0..<rounds {
      let requests = beams.indices.flatMap { beam in
        (0..<4).map { (prompt: beams[beam], seed: Seed(UInt64(100 * round + 10 * beam + $0))) }
      }
      let records = await policyEngine.sample(requests, count: stepLength)
      let paths = zip(requests, records).map { $0.prompt + $1.tokens }
      // Each request runs all that it generates but the last, and its own last token first; the prompt comes once.
      #expect(policy.takeCounts().tokens == (round == 0 ? Self.prompt.count - 1 : 0) + 16 * stepLength)

      let scores = await rewards(paths, rewardEngine)
      let news = Set(paths.flatMap { path in (1...path.count).map { Array(path.prefix($0)) } }).subtracting(known)
      let counts = reward.takeCounts()
      let isNew = round == 0 ? Self.prompt.count : 0
      // Two paths that happen to be equal run their last token twice.
      #expect((news.count...news.count + 16).contains(counts.tokens - isNew))
      #expect(counts.tokens - isNew <= 16 * stepLength)
      // The head sees one row of each candidate, the output matrix none.
      #expect(counts.outputs == 16 && counts.headCalls == 16 && counts.logitRows == 0)
      // All candidates in one pass, behind the one that computes what they have in common.
      #expect(counts.passes <= (round == 0 ? 2 : 1) + (news.count == 16 * stepLength ? 0 : 2))
      known.formUnion(news)

      #expect(scores.allSatisfy { $0.isFinite })
      let best = scores.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      beams = best.prefix(4).map { paths[$0] }
    }
  }

  @Test func rewardsOfABatchAreThoseOfEachCandidateAlone() async {
    let model = TinyTransformer.make(.q8)
    let paths = (0..<16).map { number in Self.prompt + (0..<20).map { Token(($0 * 7 + number * 13) % 200) } }
    let together = await rewards(paths, Engine(model: model, cacheBytes: 1 << 26, cacheFormat: .int8))
    for (number, path) in paths.enumerated() {
      let alone = await rewards([path], Engine(model: model, cacheBytes: 1 << 26, cacheFormat: .int8))
      #expect(alone[0] == together[number])
    }
  }
}
