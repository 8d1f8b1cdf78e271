import PonderCore
import PonderGeneration
import PonderModels
import Testing

struct SchedulerTests {
  /// Runs the scheduler as an engine would. The next token is a function of the sequence, so that samples diverge.
  struct Run {
    var scheduler: Scheduler
    var open: [SequenceID: Int] = [:]
    /// Tokens that were computed, and the most in one step.
    var computed = 0
    var largestStep = 0
    var steps = 0
    /// Copies of blocks, and the most blocks that were taken at once.
    var copies = 0
    var mostBlocks = 0

    init(blocks: Int, limits: Scheduler.Limits = .init()) {
      scheduler = Scheduler(blockCapacity: blocks, limits: limits)
    }

    mutating func add(_ id: Int, _ tokens: [Token], generating count: Int, caller: Int = 0) {
      scheduler.add(SequenceID(id), tokens: tokens, outputs: .last, caller: Caller(caller))
      open[SequenceID(id)] = count
    }

    mutating func step() {
      let batch = scheduler.schedule()
      scheduler.checkInvariants()
      computed += batch.rowCount
      copies += batch.copies.count
      mostBlocks = max(mostBlocks, scheduler.usedBlocks)
      largestStep = max(largestStep, batch.rowCount)
      steps += 1
      scheduler.complete(batch)
      for slice in batch.slices where !slice.outputs.isEmpty {
        open[slice.id]! -= 1
        if open[slice.id] == 0 {
          scheduler.remove(slice.id)
          open[slice.id] = nil
        } else {
          scheduler.append(Token(1000 * slice.id.number + slice.position), to: slice.id)
        }
      }
      scheduler.checkInvariants()
    }

    mutating func finish() {
      while !scheduler.isIdle && steps < 10_000 { step() }
    }

    mutating func cancel(_ id: Int) {
      scheduler.remove(SequenceID(id))
      open[SequenceID(id)] = nil
      scheduler.checkInvariants()
    }
  }

  private func prompt(_ length: Int, from first: Int = 0) -> [Token] {
    (0..<length).map { Token((first + $0 * 3) % 50) }
  }

  @Test(arguments: [16, 32, 37, 100]) func samplesOfOnePromptComputeItOnce(length: Int) {
    var run = Run(blocks: 1000)
    for id in 0..<8 { run.add(id, prompt(length), generating: 4) }
    run.finish()
    // The first sample runs the prompt; the others its last token; each then three of the four that it generates.
    #expect(run.computed == length + 7 + 8 * 3)
  }

  @Test func aGrowingPathComputesOnlyWhatIsNew() {
    var run = Run(blocks: 1000)
    run.add(0, prompt(40), generating: 1)
    run.finish()
    #expect(run.computed == 40)
    run.add(1, prompt(55), generating: 1)
    run.finish()
    #expect(run.computed == 55)
    run.add(2, prompt(55), generating: 1)
    run.finish()
    #expect(run.computed == 56)
    #expect(run.scheduler.usedBlocks == 4)
  }

  @Test func aPrefixThatEndsInsideABlockIsReused() {
    var run = Run(blocks: 1000)
    run.add(0, prompt(40), generating: 1)
    run.finish()
    // 37 tokens in common, and then others.
    run.add(1, prompt(37) + [49, 48, 47], generating: 1)
    run.finish()
    #expect(run.computed == 43)
  }

  @Test func promptsAreCutIntoChunksBetweenTheOthersTokens() {
    var run = Run(blocks: 1000, limits: .init(rowsPerStep: 32, sequences: 8))
    run.add(0, prompt(10), generating: 30)
    run.step()
    run.add(1, prompt(200, from: 1), generating: 2)
    for _ in 0..<5 { run.step() }
    // The first sequence moved on at every step.
    #expect(run.open[SequenceID(0)] == 24)
    run.finish()
    #expect(run.largestStep <= 32)
  }

  @Test func aFullCachePreemptsTheYoungestAndLosesNothing() {
    var run = Run(blocks: 8, limits: .init(rowsPerStep: 64, sequences: 8))
    for id in 0..<6 { run.add(id, prompt(30, from: id), generating: 60) }
    run.finish()
    #expect(run.scheduler.isIdle)
    #expect(run.open.isEmpty)
  }

  @Test func blocksOfForgottenPrefixesAreReused() {
    var run = Run(blocks: 10)
    for id in 0..<50 { run.add(id, prompt(60, from: id), generating: 20) }
    run.finish()
    #expect(run.open.isEmpty)
    #expect(run.scheduler.usedBlocks <= 10)
  }

  @Test func aScoringStopsAtItsLastPositionAndReusesOnlyWhatLiesBeforeItsFirst() {
    var scheduler = Scheduler(blockCapacity: 100)
    scheduler.add(SequenceID(0), tokens: prompt(40), outputs: .at([39]))
    var batch = scheduler.schedule()
    #expect(batch.slices[0].outputs == [39])
    scheduler.complete(batch)
    scheduler.remove(SequenceID(0))
    scheduler.add(SequenceID(1), tokens: prompt(40), outputs: .at([20, 39]))
    batch = scheduler.schedule()
    #expect(batch.slices[0].position == 20)
    #expect(batch.slices[0].outputs == [0, 19])
    #expect(batch.copies.count == 1)
    #expect(scheduler.cachedTokens(of: SequenceID(1)) == 20)
  }

  @Test func aForkCopiesItsLastBlockAndRunsItsLastTokenAgain() {
    var run = Run(blocks: 1000)
    run.add(0, prompt(40), generating: 20)
    run.finish()
    let (computed, copies) = (run.computed, run.copies)
    // The path as it went, the token included that was sampled last and never computed.
    let path = prompt(40) + [0] + (40..<59).map { Token($0) }
    for id in 1...4 { run.add(id, path, generating: 1) }
    run.finish()
    #expect(run.computed == computed + 4)
    #expect(run.copies == copies + 4)
    // Three whole blocks in common, a last one each; the tree knows one of those.
    #expect(run.scheduler.usedBlocks == 4)
    #expect(run.mostBlocks <= 3 + 1 + 4)
  }

  @Test func simultaneousRequestsComputeANewCommonPrefixOnce() {
    var run = Run(blocks: 1000)
    // Three callers; the prompts part behind 100 tokens, in the middle of a block.
    for id in 0..<12 { run.add(id, prompt(100) + [Token(id), 7, 7], generating: 1, caller: id % 3) }
    run.finish()
    #expect(run.computed == 100 + 12 * 3)
  }

  @Test func aCallerWithASingleRequestIsNotKeptWaitingByOneWithMany() {
    var run = Run(blocks: 10_000, limits: .init(rowsPerStep: 64, sequences: 16))
    for id in 0..<256 { run.add(id, [Token(id)] + prompt(29), generating: 12, caller: 1) }
    for _ in 0..<6 { run.step() }
    run.add(999, [999] + prompt(9), generating: 5, caller: 2)
    for _ in 0..<5 { run.step() }
    // One step a token, from the first on.
    #expect(run.open[SequenceID(999)] == nil)
    run.finish()
    #expect(run.open.isEmpty)
    // Who made way lost nothing: all prompts, and all tokens that were generated but the last of each.
    #expect(run.computed == 256 * (30 + 11) + 10 + 4)
  }

  @Test func longPromptsOfOneCallerLeaveRoomForThoseOfAnother() {
    var run = Run(blocks: 10_000, limits: .init(rowsPerStep: 64, sequences: 16))
    for id in 0..<8 { run.add(id, prompt(1000, from: id), generating: 1, caller: 1) }
    run.step()
    run.add(999, prompt(128, from: 20), generating: 1, caller: 2)
    for _ in 0..<5 { run.step() }
    #expect(run.open[SequenceID(999)] == nil)
    run.finish()
    #expect(run.computed == 8 * 1000 + 128)
  }

  @Test func callersWithManyRequestsConvergeToEqualShares() {
    var run = Run(blocks: 10_000, limits: .init(rowsPerStep: 64, sequences: 16))
    for id in 0..<100 { run.add(id, prompt(5, from: id), generating: 20, caller: 1) }
    run.step()
    for id in 100..<200 { run.add(id, prompt(5, from: id), generating: 20, caller: 2) }
    while !run.open.isEmpty && run.open.count > 100 { run.step() }
    let left = run.open.keys.count { $0.number < 100 }
    #expect((40...60).contains(left))
    run.finish()
    #expect(run.open.isEmpty)
  }

  @Test func aCancelledSequenceGivesItsBlocksBackAtOnce() {
    var run = Run(blocks: 8)
    run.add(0, prompt(60), generating: 60)
    for _ in 0..<3 { run.step() }
    run.cancel(0)
    // Remembered, and given up as soon as another needs the room: all eight blocks.
    run.add(1, prompt(60, from: 5), generating: 68)
    run.finish()
    #expect(run.computed == 60 + 2 + 60 + 67)
  }

  @Test func thePrefixUnusedForLongestIsForgottenFirst() {
    var run = Run(blocks: 13)
    for family in 0..<3 {
      run.add(family, prompt(64, from: family), generating: 1)
      run.finish()
    }
    // Four blocks each. The first is used again, so the second goes when a fourth needs room.
    run.add(3, prompt(64, from: 0), generating: 1)
    run.finish()
    run.add(4, prompt(64, from: 3), generating: 1)
    run.finish()
    func cached(_ family: Int, _ id: Int) -> Int {
      run.add(id, prompt(64, from: family), generating: 1)
      let before = run.computed
      run.finish()
      return 64 - (run.computed - before)
    }
    #expect(cached(0, 5) == 63)
    #expect(cached(2, 6) == 63)
    #expect(cached(1, 7) == 0)
  }

  /// The row of the goals table: 64 samples of 256 tokens behind a prompt of 1024.
  @Test(arguments: [(CacheFormat.f16, 4.7), (.int8, 8)])
  func sharingThePromptSavesMostOfTheMemory(format: CacheFormat, factor: Double) {
    var run = Run(blocks: 10_000)
    run.add(0, prompt(1024), generating: 1)
    run.finish()
    for id in 1...64 { run.add(id, prompt(1024), generating: 256) }
    while run.open[SequenceID(1)] ?? 0 > 1 { run.step() }
    // The shape of Llama 3.2 1B; unshared, each of the 64 has 1280 positions in half precision.
    let shape = KVStorage.Shape(layers: 16, kvHeads: 8, headDimension: 64, format: format)
    let unshared = 64 * 1280 * 16 * 8 * 64 * 2 * 2
    #expect(Double(unshared) / Double(run.scheduler.usedBlocks * shape.bytesPerBlock) >= factor)
    #expect(run.scheduler.usedBlocks == 1024 / 16 + 64 * 256 / 16)
  }

  @Test(arguments: 0..<20) func invariantsHoldUnderRandomOperations(seed: Int) {
    var generator = Seed(UInt64(seed)).generator
    let blocks = Int.random(in: 8...40, using: &generator)
    var run = Run(blocks: blocks, limits: .init(rowsPerStep: Int.random(in: 16...80, using: &generator), sequences: 5))
    var next = 0
    for _ in 0..<150 {
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        let length = Int.random(in: 1...60, using: &generator)
        let family = Int.random(in: 0..<3, using: &generator)
        let caller = Int.random(in: 0..<4, using: &generator)
        // Alone, as several samples of one prompt, or as prompts that part at a random place.
        for _ in 0..<[1, 1, 3].randomElement(using: &generator)! {
          let common = Int.random(in: 0...length, using: &generator)
          let branch = Int.random(in: 0..<9, using: &generator)
          let tokens = prompt(common, from: family) + prompt(length - common, from: branch)
          run.add(next, tokens, generating: Int.random(in: 1...40, using: &generator), caller: caller)
          next += 1
        }
      case 1 where !run.open.isEmpty:
        run.cancel(run.open.keys.sorted().randomElement(using: &generator)!.number)
      default:
        if !run.scheduler.isIdle { run.step() }
      }
    }
    run.finish()
    #expect(run.open.isEmpty)
  }
}
