import PonderGeneration
import PonderStrategies

/// A reward model for whole solutions: `LlamaForSequenceClassification`, `Qwen2ForSequenceClassification` and their
/// like.
///
/// Question and solution are rendered by the model's own chat template as a dialogue that is over, and the head is read
/// at its last token. One output is a raw reward and passes the logistic function; of two, the softmax of the second
/// counts.
public struct OutcomeRewardModel: Verifier {
  /// Scores the solutions.
  public let model: any ScoringModel
  /// How the head's outputs become a score.
  public let readout: RewardReadout
  private let capture: ScoringRequest.Capture

  /// Makes a reward model.
  ///
  /// - Parameter readout: `nil` is the logistic function for one output and the second class of two.
  /// - Throws: ``VerifierError/unfit(model:format:reason:)`` when the model has no such head.
  public init(_ model: any ScoringModel, readout: RewardReadout? = nil) throws(VerifierError) {
    self.model = model
    let isTwoClass = model.description.head == .sequence(outputs: 2)
    self.readout = readout ?? (isTwoClass ? .softmax(label: 1) : .sigmoid)
    capture = try self.readout.capture(on: model, format: "an outcome reward model")
  }

  /// The model's name.
  public var name: String { model.description.name }

  /// A verdict for each candidate's text, all read in one batch.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    await context.verdicts(
      on: candidates, by: name, model,
      request: { candidate throws(GenerationError) in
        let question = Message.user(problem.question)
        let tokens = try model.encode(.dialogue([question, .assistant(candidate.text)]))
        let asked = try model.encode(.prompt(Prompt([question])))
        return ScoringRequest(tokens, sharing: asked, captures: [capture])
      },
      verdict: { result in result.segments.last.flatMap(readout.score).map { Verdict($0) } })
  }
}

extension OutcomeRewardModel: CustomStringConvertible {
  /// Model and readout: what a strategy's fingerprint needs to know.
  public var description: String { "\(name) [\(model.description.fingerprint)] read by \(readout)" }
}

extension ScoringRequest {
  /// Tokens read at the last of them; those that they begin with in common with `prefix` are a segment of their own, so
  /// that what candidates share is charged once.
  init(_ tokens: [Token], sharing prefix: [Token], captures: [Capture]) {
    let shared = min(tokens.commonPrefixCount(with: prefix), max(tokens.count - 1, 0))
    let parts = [Segment(.tokens(Array(tokens[..<shared])))].filter { _ in shared > 0 }
    self.init(parts + [Segment(.tokens(Array(tokens[shared...])), captures: captures)])
  }
}

extension RunContext {
  /// One reading of each candidate in one batch, and the verdict that it gives. A candidate whose request cannot be
  /// made, or whose result gives no verdict, has an error of its own.
  func verdicts(
    on candidates: [Candidate], by name: String, _ model: any ScoringModel,
    request: (Candidate) throws(GenerationError) -> ScoringRequest, verdict: (ScoringResult) -> Verdict?
  ) async -> [Result<Verdict, StrategyFailure>] {
    let requests = candidates.map { candidate in
      Result { () throws(GenerationError) in try request(candidate) }.mapError { StrategyFailure.model($0) }
    }
    var results = await score(requests.compactMap { try? $0.get() }, on: model).makeIterator()
    return requests.map { request in
      request.flatMap { _ in results.next() ?? .failure(.verifier(name: name, reason: "a result is missing")) }
        .flatMap { result in
          verdict(result).map { .success($0) } ?? .failure(.verifier(name: name, reason: "its outputs do not fit"))
        }
    }
  }
}
