import Dispatch
import PonderCore
import PonderGeneration
import Synchronization

/// Runs tasks of any number of callers through one model, in common batches.
///
/// Works on a queue of its own while there is something to do, so a forward pass never blocks Swift's cooperative
/// threads. A step is: take in what arrived, schedule, run, hand the outputs out.
package final class Engine: Sendable {
  private struct Inbox: Sendable {
    var arrivals: [(id: SequenceID, caller: Caller, task: any EngineTask)] = []
    var cancellations: [SequenceID] = []
    var nextNumber = 0
    var nextCaller = 0
    var isRunning = false
  }

  private struct State: Sendable {
    var scheduler: Scheduler
    var tasks: [SequenceID: any EngineTask] = [:]
    let cache: KVStorage
  }

  package let model: any TokenModel
  private let inbox = Mutex(Inbox())
  private let state: Mutex<State>
  private let queue = DispatchQueue(label: "ponder.engine", qos: .userInitiated)

  /// Rows whose logits are in memory at once.
  private static let rowsOfLogits = 32

  /// - Parameters:
  ///   - cacheBytes: for keys and values, at most; at least two blocks are had.
  ///   - cacheFormat: how they are stored.
  package init(
    model: any TokenModel, cacheBytes: Int, cacheFormat: CacheFormat = .f32,
    limits: Scheduler.Limits = Scheduler.Limits()
  ) {
    self.model = model
    var shape = model.cacheShape
    shape.format = cacheFormat
    let blocks = max(2, cacheBytes / shape.bytesPerBlock)
    state = Mutex(State(scheduler: Scheduler(blockCapacity: blocks, limits: limits), cache: KVStorage(shape: shape)))
    tokenCapacity = blocks * KVBlockPool.tokensPerBlock
  }

  /// What the cache takes of memory: blocks in use, by sequences or remembered prefixes, and all that was ever allocated.
  /// Waits for the engine to have nothing to do.
  package var cacheBytes: (used: Int, allocated: Int) {
    state.withLock { ($0.scheduler.usedBlocks * $0.cache.shape.bytesPerBlock, $0.cache.allocatedBytes) }
  }

  /// Tokens that a sequence can have at most, for want of memory.
  package let tokenCapacity: Int

  /// Starts tasks; they join at the next step, and share the engine with those of other calls by turns. Returns their
  /// names, in order.
  @discardableResult
  package func submit(_ tasks: [any EngineTask]) -> [SequenceID] {
    let (ids, starts) = inbox.withLock { inbox in
      let caller = Caller(inbox.nextCaller)
      inbox.nextCaller += 1
      let ids = tasks.map { task in
        let id = SequenceID(inbox.nextNumber)
        inbox.nextNumber += 1
        inbox.arrivals.append((id, caller, task))
        return id
      }
      defer { inbox.isRunning = true }
      return (ids, !inbox.isRunning)
    }
    if starts { queue.async { self.run() } }
    return ids
  }

  /// Ends tasks at their next step, unless they have ended.
  package func cancel(_ ids: [SequenceID]) {
    inbox.withLock { $0.cancellations += ids }
  }

  private func run() {
    state.withLock { state in
      while takeIn(&state) { step(&state) }
    }
  }

  /// False when there is nothing left to do.
  private func takeIn(_ state: inout State) -> Bool {
    let (arrivals, cancellations, goesOn) = inbox.withLock { inbox in
      defer { (inbox.arrivals, inbox.cancellations) = ([], []) }
      let goesOn = !inbox.arrivals.isEmpty || !state.scheduler.isIdle
      inbox.isRunning = goesOn
      return (inbox.arrivals, inbox.cancellations, goesOn)
    }
    for (id, caller, task) in arrivals {
      var task = task
      if task.maximumLength > tokenCapacity {
        task.end(.failed(.cacheTooSmall(neededTokens: task.maximumLength, availableTokens: tokenCapacity)))
        continue
      }
      state.scheduler.add(id, tokens: task.tokens, outputs: task.outputs, caller: caller)
      state.tasks[id] = task
    }
    for id in cancellations {
      state.tasks[id]?.cachedTokens = state.scheduler.cachedTokens(of: id)
      state.tasks[id]?.end(.cancelled)
      remove(id, &state)
    }
    return goesOn
  }

  private func step(_ state: inout State) {
    let batch = state.scheduler.schedule()
    guard !batch.slices.isEmpty else { return }
    let hidden = model.forward(batch, cache: state.cache)
    state.scheduler.complete(batch)
    handOut(hidden, of: batch, &state)
  }

  /// Gives each output to its task, the logits of some rows at a time.
  private func handOut(_ hidden: borrowing Activations, of batch: Batch, _ state: inout State) {
    let outputs = batch.slices.flatMap { slice in slice.outputs.map { (id: slice.id, position: slice.position + $0) } }
    for start in stride(from: 0, to: outputs.count, by: Self.rowsOfLogits) {
      let rows = Array(start..<min(start + Self.rowsOfLogits, outputs.count))
      let needy = rows.filter { row in
        state.tasks[outputs[row].id]?.needsLogits(at: outputs[row].position) ?? false
      }
      let logits = needy.isEmpty ? Activations(rows: 0, width: 0) : model.logits(hidden.gathering(needy))
      var next = 0
      let taken = rows.map { row in
        var output = PositionOutput(
          position: outputs[row].position, hidden: hidden.rowBuffer(row),
          logits: UnsafeMutableBufferPointer(start: nil, count: 0))
        if next < needy.count, needy[next] == row {
          output.logits = logits.rowBuffer(next)
          next += 1
        }
        return TakenOutput(id: outputs[row].id, output: output)
      }
      prepare(taken, work: logits.count, &state)
      for one in taken {
        let id = one.id
        state.tasks[id]?.cachedTokens = state.scheduler.cachedTokens(of: id)
        switch state.tasks[id]?.receive(one.output, model: model) {
        case .token(let token): state.scheduler.append(token, to: id)
        case .finished: remove(id, &state)
        case .next, nil: break
        }
      }
    }
  }

  /// Lets the tasks do what they can do side by side: drawing from a large vocabulary takes long.
  private func prepare(_ taken: [TakenOutput], work: Int, _ state: inout State) {
    // Taken out of the state, so that each thread has the only copy of its task.
    var prepared = Dictionary(grouping: taken, by: \.id).compactMap { id, outputs in
      state.tasks.removeValue(forKey: id).map { PreparedTask(id: id, task: $0, outputs: outputs.map(\.output)) }
    }
    prepared.withUnsafeMutableBufferPointer { tasks in
      let shared = SharedTasks(tasks: tasks)
      model.workers.forEach(tasks.count, work: work * Self.drawingWork) { index in
        for output in shared.tasks[index].outputs { shared.tasks[index].task.prepare(output) }
      }
    }
    for one in prepared { state.tasks[one.id] = one.task }
  }

  /// Multiplications that take as long as one logit in drawing a token.
  private static let drawingWork = 16

  private func remove(_ id: SequenceID, _ state: inout State) {
    state.scheduler.remove(id)
    state.tasks[id] = nil
  }
}

/// An output and whose it is.
private struct TakenOutput {
  var id: SequenceID
  var output: PositionOutput
}

private struct PreparedTask {
  var id: SequenceID
  var task: any EngineTask
  var outputs: [PositionOutput]
}

/// Sendable: each thread works on tasks of its own.
private struct SharedTasks: @unchecked Sendable {
  let tasks: UnsafeMutableBufferPointer<PreparedTask>
}
