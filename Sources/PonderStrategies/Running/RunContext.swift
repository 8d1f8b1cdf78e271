import PonderGeneration
import Synchronization

/// All that a strategy, verifier or critic works with: its model, its place in the tree, its seed, its budget.
///
/// All calls go through it: ``generate(_:)``, ``score(_:on:)``. It reserves before and settles after, journals every answer,
/// and answers from the journal when a run is resumed. Contexts of stages and children are made from their parents'.
public struct RunContext: Sendable {
  /// Whose compute a call spends.
  public enum Role: Sendable, Hashable {
    /// Makes candidates or criticises them; charged as tokens and samples.
    case policy
    /// Judges candidates; charged as verifier tokens.
    case verifier
  }

  /// The model that this stage is bound to.
  public let model: any LanguageModel
  /// How the model is asked.
  public let format: PromptFormat
  /// Where in the tree the stage stands.
  public let path: TreePath
  /// The root of the stage's random numbers: derived from run seed, problem and ``path``.
  public let seed: Seed
  /// Whose compute calls spend.
  public let role: Role
  /// When the wall clock ends the stage.
  let deadline: ContinuousClock.Instant?
  let account: Account
  let run: RunState
  let counter: StageCounter

  /// The context of a named stage below this one, on the same budget.
  public func stage(_ label: String) -> RunContext {
    with(path: path.appending(label), seed: seed.derived(label))
  }

  /// The same context bound to another model, and another format if one is given.
  public func using(_ model: any LanguageModel, format: PromptFormat? = nil) -> RunContext {
    with(model: model, format: format)
  }

  /// The same context in another role.
  public func acting(as role: Role) -> RunContext { with(role: role) }

  /// The prompt that asks the problem of this context's model.
  public func prompt(for problem: Problem) -> Prompt { format.prompt(for: problem.question) }

  /// Whether the run was cancelled or its time is over.
  public var isCancelled: Bool { Task.isCancelled || isOverdue }

  /// Whether the wall clock has ended the stage.
  var isOverdue: Bool { deadline.map { ContinuousClock.now >= $0 } ?? false }

  /// Why a call was broken off: the wall clock, or somebody who cancelled the run.
  public var interruption: StrategyFailure { !Task.isCancelled && isOverdue ? .outOfBudget(.wallClock) : .cancelled }

  /// Says what happened in this stage. Called by one task at a time.
  public func emit(_ kind: Event.Kind) {
    run.log.append(Event(path: path, sequence: counter.next(), kind: kind))
  }

  /// Runs `body` in an account of its own with a limit of its own, inside those around it.
  ///
  /// - Parameter reserve: what the account must leave of the limits around it, for stages that come later; at most half
  ///   of them.
  public func limited<Value: Sendable>(
    to budget: Budget, leaving reserve: Spending = Spending(),
    _ body: (RunContext) async -> Value
  ) async -> (Value, Spending) {
    let end = budget.wallClock.map { ContinuousClock.now + $0 }
    let deadline = [deadline, end].compactMap(\.self).min()
    let child = account.open(limit: Amounts(budget), leaving: Amounts(reserve))
    let value = await body(with(account: child, deadline: deadline))
    return (value, child.close().spending)
  }

  /// Runs `body` for children 0 ..< `count` at the same time, and gives their results in order.
  ///
  /// Each child has its own path, seed and account, opened in order: so what they may spend is decided as if they ran
  /// one after the other. Under a limit without `shares`, a child whose own limit is unknown holds up those behind it.
  ///
  /// - Parameter shares: the limit of each child, or none.
  public func concurrently<Value: Sendable>(
    _ count: Int, shares: [Budget]? = nil, _ body: @escaping @Sendable (Int, RunContext) async -> Value
  ) async -> [Value] {
    precondition(shares == nil || shares?.count == count, "\(count) children, \(shares?.count ?? 0) shares")
    let children = (0..<count).map { index in
      with(
        path: path.appending(index), seed: seed.derived(index),
        account: account.open(limit: shares.map { Amounts($0[index]) } ?? .unlimited))
    }
    return await withTaskGroup(of: (Int, Value).self) { group in
      for (index, child) in children.enumerated() {
        group.addTask {
          let value = await body(index, child)
          child.account.close()
          return (index, value)
        }
      }
      var values = [Value?](repeating: nil, count: count)
      for await (index, value) in group { values[index] = value }
      return values.compactMap(\.self)
    }
  }

  private func with(
    model: (any LanguageModel)? = nil, format: PromptFormat? = nil, path: TreePath? = nil, seed: Seed? = nil,
    role: Role? = nil, account: Account? = nil, deadline: ContinuousClock.Instant? = nil
  ) -> RunContext {
    RunContext(
      model: model ?? self.model, format: format ?? self.format, path: path ?? self.path, seed: seed ?? self.seed,
      role: role ?? self.role, deadline: deadline ?? self.deadline, account: account ?? self.account, run: run,
      counter: path.map(run.counter(for:)) ?? counter)
  }
}

/// Numbers the events of one stage.
final class StageCounter: Sendable {
  private let count = Atomic(0)

  func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// What all contexts of a run share.
final class RunState: Sendable {
  let log = EventLog()
  let ledger = Ledger()
  let journal: Journal
  private let counters = Mutex<[TreePath: StageCounter]>([:])

  init(journal: Journal) { self.journal = journal }

  func counter(for path: TreePath) -> StageCounter {
    counters.withLock { counters in
      if let counter = counters[path] { return counter }
      let counter = StageCounter()
      counters[path] = counter
      return counter
    }
  }
}
