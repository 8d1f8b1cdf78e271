import PonderGeneration
import PonderModels
import Synchronization

/// Samples a number of tokens and keeps each with its log-probability.
struct RecordingTask: EngineTask {
  struct Record: Sendable, Hashable {
    var tokens: [Token] = []
    var logProbabilities: [Float] = []
    var cachedTokens = 0
    var end: TaskEnd?
  }

  let tokens: [Token]
  let count: Int
  var cachedTokens = 0
  private var sampler: Sampler
  private var choice: Result<Sampler.Choice, GenerationError>?
  private var record = Record()
  private let box: Box

  /// Where the record ends up, and who waits for it.
  final class Box: Sendable {
    private let state = Mutex((record: Record?.none, waiter: CheckedContinuation<Record, Never>?.none))

    func set(_ record: Record) {
      let waiter = state.withLock { state in
        state.record = record
        return state.waiter
      }
      waiter?.resume(returning: record)
    }

    func value() async -> Record {
      await withCheckedContinuation { waiter in
        let record = state.withLock { state in
          if state.record == nil { state.waiter = waiter }
          return state.record
        }
        if let record { waiter.resume(returning: record) }
      }
    }
  }

  init(_ prompt: [Token], count: Int, sampling: SamplingParameters = .init(temperature: 1), seed: Seed, _ box: Box) {
    tokens = prompt
    self.count = count
    sampler = Sampler(sampling, seed: seed, prompt: prompt)
    self.box = box
  }

  var outputs: Scheduler.Outputs { .last }
  var maximumLength: Int { tokens.count + count }
  func needsLogits(at position: Int) -> Bool { true }

  mutating func prepare(_ output: PositionOutput) {
    choice = Result { () throws(GenerationError) in
      try sampler.choose(from: output.logits, position: output.position + 1)
    }
  }

  mutating func receive(_ output: PositionOutput, model: any TokenModel) -> TaskProgress {
    do throws(GenerationError) {
      guard let choice = try choice?.get() else { preconditionFailure("an output that was not prepared") }
      self.choice = nil
      record.tokens.append(choice.token)
      record.logProbabilities.append(choice.logProbability ?? .nan)
      record.cachedTokens = cachedTokens
      guard record.tokens.count < count else {
        box.set(record)
        return .finished
      }
      return .token(choice.token)
    } catch {
      end(.failed(error))
      return .finished
    }
  }

  mutating func end(_ reason: TaskEnd) {
    record.end = reason
    box.set(record)
  }
}

extension Engine {
  /// What one sequence each of these prompts and seeds gives.
  func sample(_ requests: [(prompt: [Token], seed: Seed)], count: Int) async -> [RecordingTask.Record] {
    let boxes = requests.map { _ in RecordingTask.Box() }
    submit(zip(requests, boxes).map { RecordingTask($0.prompt, count: count, seed: $0.seed, $1) })
    var records: [RecordingTask.Record] = []
    for box in boxes { records.append(await box.value()) }
    return records
  }
}
