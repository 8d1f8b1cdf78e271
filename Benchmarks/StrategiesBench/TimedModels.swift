import PonderGeneration
import PonderStrategies
import PonderTesting
import Synchronization

/// The time that models took.
final class ModelClock: Sendable {
  private let sum = Mutex(Duration.zero)

  var total: Duration { sum.withLock(\.self) }

  func add(_ time: Duration) { sum.withLock { $0 += time } }
}

/// A simulated model, which answers before `generate` returns, with its time taken.
struct TimedModel: LanguageModel {
  private let model: SimulatedReasoner
  private let clock: ModelClock

  init(_ model: SimulatedReasoner, _ clock: ModelClock) { (self.model, self.clock) = (model, clock) }

  var description: ModelDescription { model.description }

  func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    let start = ContinuousClock.now
    defer { clock.add(start.duration(to: .now)) }
    return model.generate(requests)
  }

  func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try model.encode(prompt) }
}

/// A simulated reward model with its time taken.
struct TimedRewardModel: ProcessRewardModel {
  private let model: SimulatedRewardModel
  private let clock: ModelClock

  init(_ model: SimulatedRewardModel, _ clock: ModelClock) { (self.model, self.clock) = (model, clock) }

  var name: String { model.name }

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    let start = ContinuousClock.now
    defer { clock.add(start.duration(to: .now)) }
    return await model.score(candidates, of: problem, in: context)
  }
}
