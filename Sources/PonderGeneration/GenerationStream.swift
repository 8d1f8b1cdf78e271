import Synchronization

/// What happens while requests run. `index` is the request's place in the array that was passed.
public enum GenerationEvent: Sendable, Hashable {
  /// New text of one request (never half a character), and the tokens that spell it.
  case delta(index: Int, text: String, tokens: [Token])
  case finished(index: Int, Completion)
  /// `partial` is what had been generated, and paid for, before it failed.
  case failed(index: Int, GenerationError, partial: Completion?)
}

/// The events of a call of ``LanguageModel/generate(_:)``, for one consumer.
///
/// Unlike an `AsyncStream`, it goes on after its consumer is cancelled: cancellation reaches the model, and what the
/// model still says (the completions so far) reaches the consumer. Dropping the stream cancels too.
public struct GenerationStream: AsyncSequence, Sendable {
  /// What happens.
  public typealias Element = GenerationEvent
  /// Failures are events, one for each request that fails.
  public typealias Failure = Never

  private let channel: Channel
  private let lifetime: Lifetime

  /// Makes a stream of `requestCount` requests and the end that a model writes to.
  public static func make(requestCount: Int) -> (stream: GenerationStream, producer: Producer) {
    let channel = Channel(requestCount: requestCount)
    return (GenerationStream(channel: channel, lifetime: Lifetime(channel)), Producer(channel: channel))
  }

  /// A stream whose events `body` produces in a task of its own.
  ///
  /// The task is cancelled when the consumer is; requests that `body` left open fail when it returns.
  public static func running(
    requestCount: Int, _ body: @escaping @Sendable (Producer) async -> Void
  ) -> GenerationStream {
    let (stream, producer) = make(requestCount: requestCount)
    let task = Task {
      await body(producer)
      producer.finish()
    }
    producer.onCancel { task.cancel() }
    return stream
  }

  /// The one iterator of the one consumer.
  public func makeAsyncIterator() -> Iterator { Iterator(channel: channel, lifetime: lifetime) }

  /// Hands out events until every request has ended.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let channel: Channel
    fileprivate let lifetime: Lifetime

    /// The next event; `nil` when every request has ended. Does not return early when its task is cancelled.
    public mutating func next() async -> GenerationEvent? {
      let channel = self.channel
      // What has come already needs no waiting; a cancellation reaches the model as soon as there is something to wait for.
      if let event = channel.pop() { return event }
      return await withTaskCancellationHandler {
        await channel.next()
      } onCancel: {
        channel.cancel()
      }
    }
  }

  /// The end of the stream that a model writes to, from any thread.
  public struct Producer: Sendable {
    fileprivate let channel: Channel

    /// Hands an event to the consumer. What comes after a request's end, or for an index out of range, is dropped.
    public func yield(_ event: GenerationEvent) { channel.yield(event) }

    /// Ends the stream; requests still open fail first.
    public func finish() { channel.finish() }

    /// Called once, when the consumer is cancelled or gone; at once if that has happened.
    public func onCancel(_ action: @escaping @Sendable () -> Void) { channel.onCancel(action) }

    /// Whether the consumer is cancelled or gone.
    public var isCancelled: Bool { channel.isCancelled }
  }

  /// Cancels when the last copy of stream and iterators is gone.
  fileprivate final class Lifetime: Sendable {
    private let channel: Channel
    init(_ channel: Channel) { self.channel = channel }
    deinit { channel.cancel() }
  }
}

/// The buffer between a model's thread and a consumer's task.
private final class Channel: Sendable {
  private struct State {
    /// By request, whether it has not ended.
    var isOpen: [Bool]
    var buffer: [GenerationEvent] = []
    var head = 0
    var waiter: CheckedContinuation<GenerationEvent?, Never>?
    var cancelAction: (@Sendable () -> Void)?
    var isCancelled = false
    var isFinished = false

    mutating func pop() -> GenerationEvent? {
      guard head < buffer.count else { return nil }
      defer {
        head += 1
        if head == buffer.count { (buffer, head) = ([], 0) }
      }
      return buffer[head]
    }

    /// Whether the event belongs to a request that is still open; closes it if the event ends it.
    mutating func admits(_ event: GenerationEvent) -> Bool {
      if isFinished { return false }
      return switch event {
      case .delta(let index, _, _): isOpen.indices.contains(index) && isOpen[index]
      case .finished(let index, _), .failed(let index, _, _): close(index)
      }
    }

    private mutating func close(_ index: Int) -> Bool {
      guard isOpen.indices.contains(index), isOpen[index] else { return false }
      isOpen[index] = false
      return true
    }
  }

  private let state: Mutex<State>

  init(requestCount: Int) {
    state = Mutex(State(isOpen: Array(repeating: true, count: requestCount)))
  }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func pop() -> GenerationEvent? { state.withLock { $0.pop() } }

  func next() async -> GenerationEvent? {
    await withCheckedContinuation { waiter in
      let ready: (GenerationEvent?)? = state.withLock { state in
        precondition(state.waiter == nil, "a generation stream has one consumer")
        if let event = state.pop() { return .some(event) }
        if state.isFinished { return .some(nil) }
        state.waiter = waiter
        return nil
      }
      if let ready { waiter.resume(returning: ready) }
    }
  }

  func yield(_ event: GenerationEvent) {
    let waiter: CheckedContinuation<GenerationEvent?, Never>? = state.withLock { state in
      guard state.admits(event) else { return nil }
      guard let waiter = state.waiter else {
        state.buffer.append(event)
        return nil
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume(returning: event)
  }

  func finish() {
    let open = state.withLock { state in
      state.isOpen.contains(true) ? state.isOpen.indices.filter { state.isOpen[$0] } : []
    }
    for index in open { yield(.failed(index: index, .failed("the model ended without an answer"), partial: nil)) }
    let waiter = state.withLock { state in
      state.isFinished = true
      state.cancelAction = nil
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: nil)
  }

  func onCancel(_ action: @escaping @Sendable () -> Void) {
    let now = state.withLock { state in
      if !state.isCancelled && !state.isFinished { state.cancelAction = action }
      return state.isCancelled && !state.isFinished
    }
    if now { action() }
  }

  func cancel() {
    let action = state.withLock { state in
      state.isCancelled = true
      defer { state.cancelAction = nil }
      return state.cancelAction
    }
    action?()
  }
}
