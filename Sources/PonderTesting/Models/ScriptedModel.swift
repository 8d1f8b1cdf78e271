import PonderGeneration
import Synchronization

/// A model with exact replies: the first request gets the first, and so on, in the order in which requests are made.
///
/// Requests made at the same time by different tasks have no order; give each its own script there, or use a
/// ``ClosureModel`` that looks at the request. One token is one byte of UTF-8.
public final class ScriptedModel: LanguageModel {
  private struct State {
    var replies: [Reply]
    var next = 0
    var requests: [GenerationRequest] = []
  }

  /// As of a ``ClosureModel``.
  public let description: ModelDescription
  private let state: Mutex<State>

  /// Makes a model of a script.
  public init(_ replies: [Reply], name: String = "scripted", parameterCount: Int = 1_000_000) {
    description = ModelDescription(
      name: name, fingerprint: name, parameterCount: parameterCount, contextLength: 1 << 20, vocabularySize: 256,
      capabilities: [.tokens, .logProbabilities, .continuations, .seeds])
    state = Mutex(State(replies: replies))
  }

  /// All requests until now, in order.
  public var requests: [GenerationRequest] { state.withLock { $0.requests } }

  /// Replies that no request has asked for.
  public var unusedReplies: Int { state.withLock { $0.replies.count - $0.next } }

  /// Answers from the script; behind its end requests fail.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    let replies = state.withLock { state in
      requests.map { request -> Reply in
        state.requests.append(request)
        guard state.next < state.replies.count else {
          return .failure(.failed("the script has \(state.replies.count) replies, this is one request more"))
        }
        defer { state.next += 1 }
        return state.replies[state.next]
      }
    }
    let (stream, producer) = GenerationStream.make(requestCount: requests.count)
    for (index, request) in requests.enumerated() {
      producer.yield(replies[index].event(index: index, to: request, from: description))
    }
    producer.finish()
    return stream
  }
}
