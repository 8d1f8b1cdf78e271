import PonderGeneration
import Testing

/// Says `a`, `b`, `c` … for each request, forever or `count` times, and ends when it is cancelled.
private struct Alphabet: LanguageModel {
  var count = Int.max
  var failing: Set<Int> = []
  let description = ModelDescription(
    name: "alphabet", fingerprint: "alphabet", contextLength: 1 << 30, capabilities: [.seeds])

  func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { producer in
      for index in requests.indices {
        var text = ""
        while text.count < count && !Task.isCancelled {
          let letter = String(UnicodeScalar(UInt8(97 + text.count % 26)))
          text += letter
          producer.yield(.delta(index: index, text: letter, tokens: []))
          await Task.yield()
        }
        let completion = Completion(
          text: text, continuation: .empty, finishReason: Task.isCancelled ? .cancelled : .endOfText,
          usage: Usage(generatedTokens: text.count))
        if failing.contains(index) {
          producer.yield(.failed(index: index, .failed("as told"), partial: completion))
        } else {
          producer.yield(.finished(index: index, completion))
        }
        producer.yield(.finished(index: index, completion))  // a second end, which must not arrive
      }
    }
  }
}

private let request = GenerationRequest(.chat("?"), seed: 1)

@Suite struct GenerationStreamTests {
  @Test func everyRequestEndsExactlyOnce() async {
    var ends = [0, 0, 0]
    for await event in Alphabet(count: 3, failing: [1]).generate([request, request, request]) {
      switch event {
      case .delta: break
      case .finished(let index, _), .failed(let index, _, _): ends[index] += 1
      }
    }
    #expect(ends == [1, 1, 1])
  }

  @Test func oneFailureLeavesTheOthersCompletions() async throws {
    let results = await Alphabet(count: 3, failing: [1]).completions(for: [request, request, request])
    #expect(try results[0].get().text == "abc")
    #expect(results[1] == .failure(.failed("as told")))
    #expect(try results[2].get().text == "abc")
  }

  @Test func cancellingTheConsumerKeepsWhatWasSaid() async {
    let consumer = Task {
      var completions: [Int: Completion] = [:]
      for await event in Alphabet().generate([request, request]) {
        switch event {
        case .delta: withUnsafeCurrentTask { $0?.cancel() }
        case .finished(let index, let completion): completions[index] = completion
        case .failed(_, let error, _): Issue.record(error)
        }
      }
      return completions
    }
    let completions = await consumer.value
    #expect(completions.mapValues(\.finishReason) == [0: .cancelled, 1: .cancelled])
    #expect(completions[0]?.text.hasPrefix("a") == true)
  }

  @Test func droppingTheStreamCancelsTheModel() async {
    let (cancellations, continuation) = AsyncStream.makeStream(of: Void.self)
    do {
      let (stream, producer) = GenerationStream.make(requestCount: 1)
      producer.onCancel { continuation.yield() }
      _ = stream
    }
    var iterator = cancellations.makeAsyncIterator()
    #expect(await iterator.next() != nil)
  }

  @Test func aModelThatFallsSilentFailsItsOpenRequests() async {
    let (stream, producer) = GenerationStream.make(requestCount: 2)
    let done = Completion(text: "", continuation: .empty, finishReason: .endOfText, usage: Usage())
    producer.yield(.finished(index: 0, done))
    producer.finish()
    var events: [GenerationEvent] = []
    for await event in stream { events.append(event) }
    #expect(
      events == [
        .finished(index: 0, done), .failed(index: 1, .failed("the model ended without an answer"), partial: nil),
      ])
  }

  @Test func anEventForNoRequestIsDropped() async {
    let (stream, producer) = GenerationStream.make(requestCount: 0)
    producer.yield(.delta(index: 4, text: "x", tokens: []))
    producer.finish()
    for await event in stream { Issue.record("unexpected \(event)") }
  }
}
