import PonderGeneration

/// What the model says behind one position. Lent for the duration of a call.
package struct PositionOutput {
  package var position: Int
  /// [width]
  package var hidden: UnsafeMutableBufferPointer<Float>
  /// [vocabulary], to be overwritten at will; empty unless the task needs them here.
  package var logits: UnsafeMutableBufferPointer<Float>
}

/// What a task does after it has taken an output.
package enum TaskProgress: Sendable, Hashable {
  /// This token comes next.
  case token(Token)
  /// Wait for the next position that was asked for.
  case next
  /// The task is over and has said so.
  case finished
}

/// One sequence's work in the engine: a generation or a scoring. It ends once, by itself or by `end(_:)`.
package protocol EngineTask: Sendable {
  /// What is to be computed first, not empty.
  var tokens: [Token] { get }
  var outputs: Scheduler.Outputs { get }
  /// The most tokens that the sequence can grow to.
  var maximumLength: Int { get }
  /// How many of `tokens` were found in the cache. The engine sets it.
  var cachedTokens: Int { get set }

  func needsLogits(at position: Int) -> Bool
  /// What can be done with an output while other tasks do the same on other threads: nothing leaves the task yet. Comes
  /// before `receive` of the same output.
  mutating func prepare(_ output: PositionOutput)
  mutating func receive(_ output: PositionOutput, model: any TokenModel) -> TaskProgress
  mutating func end(_ reason: TaskEnd)
}

extension EngineTask {
  package mutating func prepare(_ output: PositionOutput) {}
}

/// Why the engine ends a task.
package enum TaskEnd: Sendable, Hashable {
  case cancelled
  case failed(GenerationError)
}
