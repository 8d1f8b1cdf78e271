import Foundation
import PonderGeneration
import PonderStrategies

/// A verifier fitted on a model's own hidden states: how a user without a reward model gets one, in seconds.
///
/// Language models know more of the truth of what they write than they say (Kadavath et al. 2022, arXiv:2207.05221;
/// Azaria and Mitchell 2023, arXiv:2304.13734). A linear function of the hidden states reads it off.
///
/// ```swift
/// let probe = try await LinearProbe.fitted(to: solutions, on: model, seed: 7)
/// print(probe.validation.areaUnderCurve, probe.validation.interval)
/// try probe.write(to: file)
/// let verifier = try ProbeVerifier(LinearProbe(contentsOf: file), on: model)
/// ```
public struct LinearProbe: Sendable, Hashable {
  /// What is minimised.
  public enum Regression: String, Sendable, Hashable, Codable, CaseIterable {
    /// Logistic loss with a quadratic penalty.
    case logistic
    /// Squared error to ±1 with a quadratic penalty; scores are σ(2·decision), which has the decision's slope at 0.
    case ridge
  }

  /// How well it did on problems that it had not seen: out-of-fold scores of all examples.
  public struct Validation: Sendable, Hashable, Codable {
    /// Folds, made of whole problems.
    public var folds: Int
    /// Examples, and how many of them are right.
    public var examples: Int, right: Int
    /// Of all out-of-fold scores; see ``PonderEvaluation/Metrics/areaUnderCurve(_:_:)``.
    public var areaUnderCurve: Double
    /// Its 95 % bootstrap interval over problems.
    public var interval: ClosedRange<Double>
  }

  /// The fingerprint of the model whose hidden states it reads.
  public let model: String
  /// Which hidden states it reads.
  public let features: ProbeFeatures
  /// What was minimised.
  public let regression: Regression
  /// What was learnt, over standardised features.
  public let weights: [Float]
  /// The decision where all features have their means.
  public let bias: Float
  /// The features' means over the examples.
  public let means: [Float]
  /// Their standard deviations; 1 for a feature that does not vary.
  public let scales: [Float]
  /// How well it did.
  public let validation: Validation

  /// The score of features, in [0, 1].
  ///
  /// - Precondition: There are as many as there are ``weights``.
  func score(_ features: [Float]) -> Double {
    precondition(features.count == weights.count, "\(features.count) features for \(weights.count) weights")
    let standardised = features.indices.map { (features[$0] - means[$0]) / scales[$0] }
    return regression.score(LinearDecision(weights: weights, bias: bias)(standardised[...]))
  }
}

extension LinearProbe.Regression {
  /// The score of a decision.
  func score(_ decision: Double) -> Double { 1 / (1 + exp(-(self == .ridge ? 2 : 1) * decision)) }
}

/// A probe as a verifier on the candidates of the model that it was fitted on.
public struct ProbeVerifier: Verifier {
  /// What reads the hidden states.
  public let probe: LinearProbe
  /// Whose hidden states they are.
  public let model: any ScoringModel

  /// Binds a probe to its model.
  ///
  /// - Throws: ``VerifierError/unfit(model:format:reason:)`` when it was fitted on another model, or the model gives no
  ///   hidden states.
  public init(_ probe: LinearProbe, on model: any ScoringModel) throws(VerifierError) {
    let description = model.description
    func unfit(_ reason: String) -> VerifierError {
      .unfit(model: description.name, format: "a probe's model", reason: reason)
    }
    guard description.capabilities.contains(.hiddenStates) else { throw unfit("it gives no hidden states") }
    guard description.fingerprint == probe.model else {
      throw unfit("the probe was fitted on the model \(probe.model), this is \(description.fingerprint)")
    }
    self.probe = probe
    self.model = model
  }

  /// `probe`
  public var name: String { "probe" }

  /// A verdict for each candidate, all read in one batch, behind the prompt that they were sampled from.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    let prompt = context.prompt(for: problem)
    return await context.verdicts(
      on: candidates, by: name, model,
      request: { candidate throws(GenerationError) in try probe.features.request(candidate, prompt, model) },
      verdict: { result in
        probe.features(result).flatMap { $0.count == probe.weights.count ? Verdict(probe.score($0)) : nil }
      })
  }
}

extension ProbeVerifier: CustomStringConvertible {
  /// Model and weights: what a strategy's fingerprint needs to know.
  public var description: String {
    "probe of \(probe.model) \(probe.features) \(probe.regression) \(probe.bias) \(probe.weights.prefix(4))"
  }
}
