import ArgumentParser
import Foundation
import Ponder

/// What scores the tries.
struct VerifierOptions: ParsableArguments {
  /// Verifiers by name; anything else is a path.
  enum Name: String, CaseIterable {
    case arithmetic
    case judge
    case confidence
    case selfConsistency = "self-consistency"
  }

  @Option(
    help: ArgumentHelp(
      "What scores the tries: \(Name.allCases.map(\.rawValue).joined(separator: ", ")), or a path.",
      discussion: """
        'judge' asks the model itself whether a try is right, 'confidence' is how sure it was of its tokens, \
        'self-consistency' the share of all tries with the same answer. A path is that of a reward model in any of the \
        formats of docs/VERIFIERS.md, or of a probe's file; likelihood:PATH is a larger policy whose expectation judges. \
        PATH+arithmetic lets both object to a step.
        """,
      valueName: "name|path"))
  var verifier = Name.arithmetic.rawValue

  @Option(help: "The reward model's format, if not to be found out: \(Self.formats).")
  var rewardFormat: String?

  @Option(help: "How step scores become one.")
  var reduction = StepScoreReduction.last

  private static var formats: String { ProcessRewardFormats.all.map(\.name).joined(separator: ", ") }

  func validate() throws {
    if let rewardFormat, !ProcessRewardFormats.all.contains(where: { $0.name == rewardFormat }) {
      throw ValidationError("--reward-format: '\(rewardFormat)' is none of \(Self.formats)")
    }
  }

  /// Whether tries must carry their tokens' log-probabilities.
  var readsLogProbabilities: Bool { verifier == Name.confidence.rawValue }

  /// The policy of `likelihood:PATH`.
  private var likelihoodPath: String? {
    let prefix = "likelihood:"
    return verifier.hasPrefix(prefix) ? String(verifier.dropFirst(prefix.count)) : nil
  }

  /// What stands before `+arithmetic`.
  private var besideArithmetic: VerifierOptions? {
    let suffix = "+arithmetic"
    guard verifier.hasSuffix(suffix) else { return nil }
    var options = self
    options.verifier = String(verifier.dropLast(suffix.count))
    return options
  }

  private func likelihood(_ path: String) async throws -> LikelihoodRewardModel {
    try LikelihoodRewardModel(try await LocalModel.load(from: URL(filePath: path)))
  }

  /// The same as a process reward model, to guide a search: a model of steps as it is, anything else asked step by step.
  func loadForSteps(for policy: LocalModel) async throws -> any ProcessRewardModel {
    if let besideArithmetic {
      return ProductRewardModel([
        try await besideArithmetic.loadForSteps(for: policy), ArithmeticRewardModel(),
      ])
    }
    if let likelihoodPath { return try await likelihood(likelihoodPath) }
    if verifier == Name.arithmetic.rawValue { return ArithmeticRewardModel() }
    func stepwise(_ verifier: some Verifier) -> any ProcessRewardModel { StepwiseVerifier(verifier) }
    guard Name(rawValue: verifier) == nil else { return stepwise(try await load(for: policy)) }
    let model: LocalModel
    switch try await learned() {
    case .probe(let probe): return stepwise(try ProbeVerifier(probe, on: policy))
    case .model(let rewardModel): model = rewardModel
    }
    if rewardFormat == nil, case .sequence = model.description.head { return stepwise(try OutcomeRewardModel(model)) }
    return try LearnedProcessRewardModel(model, format: try rewardFormat.map(ProcessRewardFormats.named))
  }

  /// What lies at a path.
  private enum Learned {
    case probe(LinearProbe)
    case model(LocalModel)
  }

  private func learned() async throws -> Learned {
    guard FileManager.default.fileExists(atPath: verifier) else {
      throw InputError("--verifier: there is no verifier and no file called '\(verifier)'")
    }
    let location = URL(filePath: verifier)
    if let probe = try? LinearProbe(contentsOf: location) { return .probe(probe) }
    return .model(try await LocalModel.load(from: location))
  }

  /// The verifier of a policy's tries; loads the reward model, if it is one.
  func load(for policy: LocalModel) async throws -> any Verifier {
    switch Name(rawValue: verifier) {
    case .arithmetic: return ArithmeticVerifier()
    case .judge: return try YesNoJudge(policy)
    case .confidence: return ConfidenceVerifier(of: policy)
    case .selfConsistency: return SelfConsistencyVerifier()
    case nil: break
    }
    if besideArithmetic != nil { return try await loadForSteps(for: policy).reduced(reduction) }
    if let likelihoodPath { return try await likelihood(likelihoodPath).reduced(reduction) }
    switch try await learned() {
    case .probe(let probe): return try ProbeVerifier(probe, on: policy)
    case .model(let model):
      let format = try rewardFormat.map(ProcessRewardFormats.named)
      return try RewardModel.verifier(over: model, format: format, reduction: reduction)
    }
  }
}

extension StepScoreReduction: ExpressibleByArgument {}
