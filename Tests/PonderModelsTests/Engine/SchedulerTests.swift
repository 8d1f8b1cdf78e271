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

    init(blocks: Int, limits: Scheduler.Limits = .init()) {
      scheduler = Scheduler(blockCapacity: blocks, limits: limits)
    }

    mutating func add(_ id: Int, _ tokens: [Token], generating count: Int) {
      scheduler.add(SequenceID(id), tokens: tokens, outputs: .last)
      open[SequenceID(id)] = count
    }

    mutating func step() {
      let batch = scheduler.schedule()
      scheduler.checkInvariants()
      computed += batch.rowCount
      largestStep = max(largestStep, batch.rowCount)
      steps += 1
      scheduler.complete(batch)
      for slice in batch.slices where !slice.outputs.isEmpty {
        open[slice.id]! -= 1
        if open[slice.id] == 0 {
          scheduler.remove(slice.id)
          open[slice.id] = nil
        } else {
          scheduler.append(Token(slice.id.number * 7 + slice.position) % 50, to: slice.id)
        }
      }
      scheduler.checkInvariants()
    }

    mutating func finish() {
      while !scheduler.isIdle && steps < 10_000 { step() }
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
        run.add(next, prompt(length, from: family), generating: Int.random(in: 1...40, using: &generator))
        next += 1
      case 1 where !run.open.isEmpty:
        let id = run.open.keys.sorted().randomElement(using: &generator)!
        run.scheduler.remove(id)
        run.open[id] = nil
        run.scheduler.checkInvariants()
      default:
        if !run.scheduler.isIdle { run.step() }
      }
    }
    run.finish()
    #expect(run.open.isEmpty)
  }
}
