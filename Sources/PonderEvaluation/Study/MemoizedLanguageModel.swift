import PonderGeneration
import Synchronization

/// A model that remembers its completions: the same request is answered from memory the second time.
///
/// Strategies draw the same samples under the same seed, so a run with N = 4 is a part of one with N = 256, and a study
/// of all N costs the widest run alone. Every run is still charged in full: charges come from the completions, which
/// carry what they cost when they were made.
///
/// What a cancellation cut short, and failures, are not remembered. Memory grows as long as the value lives.
public final class MemoizedLanguageModel: LanguageModel {
  private let base: any LanguageModel
  private let completions = Mutex<[GenerationRequest: Completion]>([:])

  /// Wraps a model.
  public init(_ base: any LanguageModel) { self.base = base }

  /// As the model's.
  public var description: ModelDescription { base.description }

  /// Answers from memory first, then what the model says to the others, in one batch.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [self] producer in
      let known = completions.withLock { memory in requests.map { memory[$0] } }
      var open: [Int] = []
      for (index, completion) in known.enumerated() {
        guard let completion else {
          open.append(index)
          continue
        }
        producer.yield(.delta(index: index, text: completion.text, tokens: completion.tokens))
        producer.yield(.finished(index: index, completion))
      }
      guard !open.isEmpty else { return }
      for await event in base.generate(open.map { requests[$0] }) {
        switch event {
        case .delta(let place, let text, let tokens):
          producer.yield(.delta(index: open[place], text: text, tokens: tokens))
        case .finished(let place, let completion):
          if completion.finishReason != .cancelled {
            completions.withLock { $0[requests[open[place]]] = completion }
          }
          producer.yield(.finished(index: open[place], completion))
        case .failed(let place, let error, let partial):
          producer.yield(.failed(index: open[place], error, partial: partial))
        }
      }
    }
  }

  /// As the model's.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try base.encode(prompt) }
  /// As the model's.
  public func encode(_ text: String) throws(GenerationError) -> [Token] { try base.encode(text) }
  /// As the model's.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String { try base.decode(tokens) }
}
