import Synchronization

/// Counts calls made from anywhere.
final class CallCounter: Sendable {
  private let calls = Atomic(0)

  func count() { calls.wrappingAdd(1, ordering: .relaxed) }

  var value: Int { calls.load(ordering: .relaxed) }
}
