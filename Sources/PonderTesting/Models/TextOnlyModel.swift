import PonderGeneration

/// A model as a remote service offers it: text in, text out, no tokens, no log-probabilities.
///
/// Every strategy that passes its tests on this one depends on no tokenizer.
public struct TextOnlyModel: LanguageModel {
  private let model: any LanguageModel

  /// Continuations and seeds, nothing else.
  public let description: ModelDescription

  /// Makes a model that answers with what the closure says, see ``ClosureModel``.
  public init(name: String = "text only", reply: @escaping @Sendable (GenerationRequest) async -> Reply) {
    self.init(hiding: ClosureModel(name: name, capabilities: [.continuations, .seeds], reply: reply))
  }

  /// Hides the tokens of a model: it reads continuations as text and its completions are text only.
  public init(hiding model: any LanguageModel) {
    self.model = model
    var description = model.description
    description.capabilities.formIntersection([.continuations, .seeds])
    self.description = description
  }

  /// Answers the requests; one that needs more than text fails.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [model, description] producer in
      var places: [Int] = []
      for (index, request) in requests.enumerated() {
        do throws(GenerationError) {
          try request.validate(for: description)
          places.append(index)
        } catch {
          producer.yield(.failed(index: index, error, partial: nil))
        }
      }
      guard !places.isEmpty else { return }
      for await event in model.generate(places.map { requests[$0] }) {
        switch event {
        case .delta(let index, let text, _): producer.yield(.delta(index: places[index], text: text, tokens: []))
        case .finished(let index, let completion):
          producer.yield(.finished(index: places[index], completion.withoutTokens))
        case .failed(let index, let error, let partial):
          producer.yield(.failed(index: places[index], error, partial: partial?.withoutTokens))
        }
      }
    }
  }
}

extension Completion {
  fileprivate var withoutTokens: Completion {
    var completion = self
    completion.tokens = []
    completion.logProbabilities = nil
    completion.continuation = continuation.text.map { Continuation(text: $0) } ?? continuation
    return completion
  }
}
