import DequeModule
import OrderedCollections

/// Whoever submits sequences together; callers share the engine by turns.
package struct Caller: Sendable, Hashable {
  package let number: Int

  package init(_ number: Int) { self.number = number }
}

/// Sequences that wait to be admitted, in a queue for each caller.
struct WaitingLine: Sendable {
  private var queues: OrderedDictionary<Caller, Deque<SequenceID>> = [:]

  var isEmpty: Bool { queues.isEmpty }
  /// Those with anything waiting.
  var callers: [Caller] { Array(queues.keys) }
  var all: [SequenceID] { queues.values.flatMap { $0 } }

  /// In the order in which they are to start.
  func sequences(of caller: Caller) -> Deque<SequenceID> { queues[caller] ?? [] }

  mutating func append(_ id: SequenceID, of caller: Caller) { queues[caller, default: []].append(id) }

  /// For a sequence that was running: it goes on before others of its caller start.
  mutating func prepend(_ id: SequenceID, of caller: Caller) { queues[caller, default: []].prepend(id) }

  mutating func remove(_ id: SequenceID, of caller: Caller) {
    guard let place = queues[caller]?.firstIndex(of: id) else { return }
    queues[caller]?.remove(at: place)
    if queues[caller]?.isEmpty ?? false { queues[caller] = nil }
  }
}
