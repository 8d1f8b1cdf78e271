import Synchronization

/// The events of a run as they come in, for any number of readers. Writing never waits.
final class EventLog: Sendable {
  private struct State {
    var events: [Event] = []
    var isFinished = false
    var waiters: [(id: Int, resume: CheckedContinuation<Void, Never>)] = []
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  var events: [Event] { state.withLock { $0.events } }

  func append(_ event: consuming Event) {
    // Taken out, not copied: a run has several for each step.
    var event: Event? = event
    wake { $0.events.append(event.take()!) }
  }

  func finish() {
    wake { $0.isFinished = true }
  }

  /// The event at a position; `nil` behind the last, or when the reader is cancelled. Waits for it if need be.
  func event(at index: Int) async -> Event? {
    while !Task.isCancelled {
      let (event, isFinished) = state.withLock { state in
        (index < state.events.count ? state.events[index] : nil, state.isFinished)
      }
      if event != nil || isFinished { return event }
      let id = state.withLock { state in
        state.nextWaiter += 1
        return state.nextWaiter
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { resume in
          let isReady = state.withLock { state in
            if Task.isCancelled || index < state.events.count || state.isFinished { return true }
            state.waiters.append((id, resume))
            return false
          }
          if isReady { resume.resume() }
        }
      } onCancel: {
        let waiter = state.withLock { state in
          state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.resume.resume()
      }
    }
    return nil
  }

  private func wake(_ change: (inout State) -> Void) {
    let waiters = state.withLock { state in
      change(&state)
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume.resume() }
  }
}

/// The events of a ``Run`` from its beginning, in the order in which they happen.
///
/// Every iterator sees all of them, whenever it starts; a slow one never holds up the run.
public struct RunEvents: AsyncSequence, Sendable {
  /// An event.
  public typealias Element = Event
  /// Events do not fail.
  public typealias Failure = Never

  let log: EventLog

  /// An iterator that begins with the first event.
  public func makeAsyncIterator() -> Iterator { Iterator(log: log) }

  /// Walks through the events.
  public struct Iterator: AsyncIteratorProtocol {
    let log: EventLog
    var index = 0

    /// The next event; `nil` when the run has ended or the reader is cancelled.
    public mutating func next() async -> Event? {
      defer { index += 1 }
      return await log.event(at: index)
    }
  }
}
