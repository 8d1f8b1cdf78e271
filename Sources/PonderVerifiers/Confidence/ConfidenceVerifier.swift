import Foundation
import PonderGeneration
import PonderStrategies

/// How sure a model was of its own solution, as a verifier: no reward model is needed.
public struct ConfidenceVerifier: Verifier {
  /// What is measured over the tokens of a solution.
  public enum Measure: Sendable, Hashable, Codable {
    /// exp of the mean log-probability: the geometric mean of the tokens' probabilities.
    case meanLogProbability
    /// The same of the least sure window of so many tokens, ≥ 1 (DeepConf, Fu et al. 2025, arXiv:2508.15260, which
    /// takes the likeliest tokens' mean instead).
    case lowestWindow(Int)
    /// Self-certainty (Kang et al. 2025, arXiv:2502.18581): the mean over the tokens of KL(U ‖ p), how far each
    /// next-token distribution p is from the uniform one. KL is in nats and not bounded; the score is 1 − exp(−KL).
    case selfCertainty
  }

  /// What is measured.
  public let measure: Measure
  /// Whose confidence it is, the policy's; `nil` reads the log-probabilities that candidates carry, see
  /// `Sample(…, wantsLogProbabilities: true)`.
  public let model: (any ScoringModel)?

  /// Makes a verifier.
  ///
  /// - Parameter model: The policy. Needed for ``Measure/selfCertainty``, and for candidates without log-probabilities.
  public init(_ measure: Measure = .meanLogProbability, of model: (any ScoringModel)? = nil) {
    self.measure = measure
    self.model = model
  }

  /// `confidence`
  public var name: String { "confidence" }

  /// Throws when nobody can tell what is measured.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    if case .lowestWindow(let size) = measure, size < 1 {
      throw .invalidConfiguration("\(name): a window of \(size) tokens, must be ≥ 1")
    }
    guard let own = self.model else {
      if measure == .selfCertainty { throw .invalidConfiguration("\(name): self-certainty needs the model") }
      return
    }
    guard own.description.capabilities.contains(.tokenScores) else {
      throw .unsupported(.unsupported(.tokenScores, model: own.description.name))
    }
  }

  /// A verdict for each candidate; those without log-probabilities are read by the model in one batch.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    var known: [Double?] = candidates.map { _ in nil }
    if let confidence = measure.confidence {
      known = candidates.map { $0.logProbabilities?.count == $0.tokens.count ? confidence($0) : nil }
    }
    let unknown = candidates.indices.filter { known[$0] == nil }
    let reason = "the candidate carries no log-probabilities, and there is no model to ask"
    var read: [Result<Verdict, StrategyFailure>] = unknown.map { _ in .failure(.verifier(name: name, reason: reason)) }
    if let model, !unknown.isEmpty {
      let prompt = context.prompt(for: problem)
      read = await context.verdicts(
        on: unknown.map { candidates[$0] }, by: name, model,
        request: { candidate throws(GenerationError) in try request(candidate, prompt, model) },
        verdict: { measure.score($0).map { Verdict($0) } })
    }
    var answers = read.makeIterator()
    return known.map { score in
      score.map { .success(Verdict($0)) } ?? answers.next() ?? .failure(.verifier(name: name, reason: "no result"))
    }
  }

  /// The candidate's own tokens behind its prompt, read where each was predicted.
  private func request(
    _ candidate: Candidate, _ prompt: Prompt, _ model: any ScoringModel
  ) throws(GenerationError) -> ScoringRequest {
    let asked = try model.encode(.prompt(prompt))
    let isOwn = candidate.continuation.fingerprint == model.description.fingerprint
    let tokens = isOwn && !candidate.tokens.isEmpty ? candidate.tokens : try model.encode(candidate.content)
    guard !tokens.isEmpty, let last = asked.last else { throw .invalidRequest("the solution has no tokens") }
    switch measure {
    case .meanLogProbability, .lowestWindow:
      return ScoringRequest([.init(.tokens(asked)), .init(.tokens(tokens), captures: [.logProbabilities])])
    case .selfCertainty:
      // Token i is predicted where the one before it stands, the first at the end of the prompt.
      var segments = [ScoringRequest.Segment(.tokens([last]), captures: [.divergenceFromUniform])]
      if asked.count > 1 { segments.insert(.init(.tokens(asked.dropLast())), at: 0) }
      if tokens.count > 1 {
        segments.append(
          .init(.tokens(tokens.dropLast()), captures: [.divergenceFromUniform], positions: .every))
      }
      return ScoringRequest(segments)
    }
  }
}

extension ConfidenceVerifier: CustomStringConvertible {
  /// Measure and model: what a strategy's fingerprint needs to know.
  public var description: String { "confidence \(measure) \(model?.description.fingerprint ?? "carried")" }
}

extension ConfidenceVerifier.Measure {
  /// The measure over the log-probabilities that a candidate carries, where it is one.
  fileprivate var confidence: Confidence? {
    switch self {
    case .meanLogProbability: .mean
    case .lowestWindow(let size): .weakestWindow(size)
    case .selfCertainty: nil
    }
  }

  /// The score of what was read; `nil` if nothing was.
  fileprivate func score(_ result: ScoringResult) -> Double? {
    guard let confidence else {
      let values = result.segments.flatMap(\.divergences)
      guard !values.isEmpty else { return nil }
      return 1 - exp(-values.reduce(0) { $0 + Double($1) } / Double(values.count))
    }
    let segment = result.segments[result.segments.count - 1]
    return confidence(
      Candidate(
        id: Candidate.ID(path: TreePath(), number: 0), steps: [], ending: .open, tokens: segment.tokens,
        logProbabilities: segment.logProbabilities))
  }
}
