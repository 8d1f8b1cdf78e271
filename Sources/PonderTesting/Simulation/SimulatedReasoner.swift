import PonderGeneration
import PonderStrategies

/// A model that reasons rightly with known probability: for tests of strategies, not of models.
///
/// It solves ``SimulatedProblem``s step by step. Each step is right with the probability of the problem's level; a wrong
/// one adds 1, 2 or 3 with chances 0.6, 0.3 and 0.1, so that wrong answers gather as real ones do. It goes on from the last
/// number that stands in the answer so far, right or wrong. Greedily it is right where right is likelier. Everything random
/// derives from the request's seed and the place in the answer. One token is one byte of UTF-8.
///
/// A request with attempts in its prompt (turns of the assistant) asks for a revision of the last one. Without ``revision``
/// it is answered as if there were none: afresh.
public struct SimulatedReasoner: LanguageModel {
  /// The chance that a step is right, from level 1 on, each in [0, 1]; levels beyond have the last.
  public let successByLevel: [Double]
  /// What becomes of an answer that it is asked to revise; `nil` answers afresh.
  public let revision: SimulatedRevision?
  /// In how many ways it words a step, ≥ 1. With 1 the same number is the same text, and a search merges it; a real model
  /// rarely says the same thing twice in the same words.
  public let wordings: Int
  /// As of a ``ClosureModel``.
  public let description: ModelDescription

  /// Makes a reasoner.
  public init(
    successByLevel: [Double] = [0.98, 0.95, 0.9, 0.85, 0.75], revision: SimulatedRevision? = nil, wordings: Int = 1
  ) {
    precondition(wordings >= 1, "\(wordings) wordings, there must be at least 1")
    precondition(!successByLevel.isEmpty, "a reasoner needs the chance of at least one level")
    self.successByLevel = successByLevel
    self.revision = revision
    self.wordings = wordings
    let kind = (revision.map { " \($0)" } ?? "") + (wordings > 1 ? " \(wordings) wordings" : "")
    description = ModelDescription(
      name: "simulated reasoner", fingerprint: "simulated reasoner \(successByLevel)\(kind)", parameterCount: 1_000_000,
      contextLength: 1 << 20, vocabularySize: 256, capabilities: [.tokens, .logProbabilities, .continuations, .seeds])
  }

  /// Answers all requests at once.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    let (stream, producer) = GenerationStream.make(requestCount: requests.count)
    var question: String?
    var problem: SimulatedProblem?
    for index in requests.indices {
      let request = requests[index]
      let asked = request.prompt.messages.first { $0.role == .user }?.content
      if asked != question {
        question = asked
        problem = asked.flatMap { SimulatedProblem(question: $0) }
      }
      let reply: Reply =
        problem.map { self.reply(to: request, on: $0) }
        ?? .failure(.failed("a simulated reasoner solves simulated problems only"))
      producer.yield(reply.event(index: index, to: request, from: description))
    }
    producer.finish()
    return stream
  }

  /// The bytes of the messages' contents.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] {
    prompt.messages.flatMap { $0.content.utf8.map { Token($0) } }
  }

  private func reply(to request: GenerationRequest, on problem: SimulatedProblem) -> Reply {
    let values = request.continuation.trail.reading(by: ValuesReader()) ?? SimulatedValues()
    let chance = successByLevel[min(max(problem.level, 1), successByLevel.count) - 1]
    let generator = request.seed.generator
    let isGreedy = request.sampling.temperature == 0
    let revised = revision?.outcome(of: request, on: problem)
    let stopsAtStep = request.stops.contains { $0.isKept }
    var value = values.last ?? problem.number % 1000
    var text = ""
    for step in values.count..<max(problem.steps, values.count) {
      value = problem.next(after: value, step: step)
      let isWrong =
        switch revised {
        case .wrong(let place): place == step
        case .right: false
        case nil: isGreedy ? chance < 0.5 : generator.uniform(at: 2 * step) >= chance
        }
      if isWrong {
        let kind = generator.uniform(at: 2 * step + 1)
        value = (value + (kind < 0.6 ? 1 : kind < 0.9 ? 2 : 3)) % 1000
      }
      let wording = wordings > 1 ? " (wording \(Int(generator.uniform(at: -1 - step) * Double(wordings))))" : ""
      if step == problem.steps - 1 { return .text(text + "The answer\(wording) is \\boxed{\(value)}.") }
      text += "Step \(step + 1)\(wording) gives \(value).\n\n"
      if stopsAtStep { return .text(text) }
    }
    return .text(text)
  }
}

/// Reads the numbers of an answer so far; `nil` where tokens do not spell whole characters.
private struct ValuesReader: TrailReader {
  var beginning: SimulatedValues? { SimulatedValues() }

  func reading(_ piece: Continuation.Piece, after values: SimulatedValues?) -> SimulatedValues? {
    guard var values, let text = piece.text else { return nil }
    values.read(text)
    return values
  }
}
