import PonderGeneration
import PonderModels
import Synchronization

/// A local model that notes which tokens went through it.
final class CountingModel: LanguageModel, ScoringModel {
  let base: LocalModel
  private let count = Mutex(Count())

  init(_ base: LocalModel) {
    self.base = base
  }

  var description: ModelDescription { base.description }

  var cost: SearchCost.Part { count.withLock { $0.cost } }

  func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [self] producer in
      for await event in base.generate(requests) {
        if case .finished(let index, let completion) = event {
          let prompt = (try? base.encode(requests[index].prompt)) ?? []
          // The last token was chosen, but not yet read.
          let read = prompt + completion.continuation.tokens.dropLast()
          count.withLock { count in
            let usage = completion.usage
            count.note(read, computed: usage.computedTokens - 1, of: usage.promptTokens + usage.generatedTokens - 1)
          }
        }
        producer.yield(event)
      }
    }
  }

  func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    let results = await base.score(requests)
    for case .success(let result) in results {
      count.withLock { count in
        count.note(
          result.segments.flatMap(\.tokens), computed: result.usage.computedTokens, of: result.usage.promptTokens)
      }
    }
    return results
  }

  func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try base.encode(prompt) }

  func encode(_ text: String) throws(GenerationError) -> [Token] { try base.encode(text) }

  func decode(_ tokens: [Token]) throws(GenerationError) -> String { try base.decode(tokens) }

  func token(spelling text: String) throws(GenerationError) -> Token { try base.token(spelling: text) }

  func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] { try base.encode(content) }

  func tokenBound(of request: ScoringRequest) -> Int { base.tokenBound(of: request) }
}

/// A tree of all sequences, whose nodes are the positions that differ.
private struct Count {
  private struct Edge: Hashable {
    var parent: Int
    var token: Token
  }

  private var nodes: [Edge: Int] = [:]
  private var calls = 0
  private var computed = 0
  private var withoutCache = 0

  var cost: SearchCost.Part {
    SearchCost.Part(computed: computed, distinct: nodes.count, withoutCache: withoutCache, calls: calls)
  }

  mutating func note(_ tokens: some Sequence<Token>, computed: Int, of all: Int) {
    calls += 1
    self.computed += computed
    withoutCache += all
    var node = 0
    for token in tokens {
      let edge = Edge(parent: node, token: token)
      node = nodes[edge] ?? nodes.count + 1
      nodes[edge] = node
    }
  }
}

extension Continuation {
  fileprivate var tokens: [Token] {
    pieces.flatMap { piece in
      if case .tokens(let tokens, _) = piece { tokens } else { [Token]() }
    }
  }
}
