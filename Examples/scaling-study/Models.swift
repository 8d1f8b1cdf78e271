import Foundation
import Ponder

/// The checkpoints of a study.
struct Models: Sendable {
  /// The small policy.
  let policy: LocalModel
  /// Writes the attempts of revision chains: the policy, or one of its size that learnt to revise.
  let reviser: LocalModel
  /// Larger ones, ascending by parameters.
  let larger: [LocalModel]
  /// The verifier that guides the searches.
  let verifier: Judge
  /// Verifiers that judge the same samples, to compare.
  let others: [Judge]

  init(
    policy: String, reviser: String?, larger: [String], verifier: String, others: [String],
    options: LocalModel.Options
  ) async throws {
    self.policy = try await LocalModel.load(from: URL(filePath: policy), options: options)
    if let reviser {
      self.reviser = try await LocalModel.load(from: URL(filePath: reviser), options: options)
    } else {
      self.reviser = self.policy
    }
    var models: [LocalModel] = []
    for path in larger { models.append(try await LocalModel.load(from: URL(filePath: path), options: options)) }
    self.larger = models.sorted { $0.description.parameterCount < $1.description.parameterCount }
    self.verifier = try await Judge(verifier, options: options)
    var judges: [Judge] = []
    for path in others { judges.append(try await Judge(path, options: options)) }
    self.others = judges
  }
}

/// A verifier: a reward model of steps or of whole solutions, a policy's likelihood, arithmetic, or one of them and arithmetic.
indirect enum Judge: Sendable {
  /// Recomputes the equations of each step, without parameters.
  case arithmetic
  /// A process reward model, or an outcome reward model if its head reads whole solutions.
  case model(LocalModel)
  /// A policy whose expectation judges.
  case likelihood(LocalModel)
  /// Another judge of steps and arithmetic, either of which can object.
  case andArithmetic(Judge)

  /// `arithmetic`, the path of a reward model's checkpoint, or `likelihood:` and the path of a policy's; behind either of
  /// these `+arithmetic` for both.
  init(_ source: String, options: LocalModel.Options) async throws {
    func load(_ path: some StringProtocol) async throws -> LocalModel {
      try await LocalModel.load(from: URL(filePath: String(path)), options: options)
    }
    let (prefix, suffix) = ("likelihood:", "+arithmetic")
    if source == "arithmetic" {
      self = .arithmetic
    } else if source.hasSuffix(suffix) {
      self = .andArithmetic(try await Judge(String(source.dropLast(suffix.count)), options: options))
    } else if source.hasPrefix(prefix) {
      self = .likelihood(try await load(source.dropFirst(prefix.count)))
    } else {
      self = .model(try await load(source))
    }
  }

  var name: String {
    switch self {
    case .arithmetic: "arithmetic"
    case .model(let model): model.description.name
    case .likelihood(let model): "likelihood under \(model.description.name)"
    case .andArithmetic(let judge): "\(judge.name) × arithmetic"
    }
  }

  var fingerprint: String {
    switch self {
    case .arithmetic: "arithmetic"
    case .model(let model): model.description.fingerprint
    case .likelihood(let model): "likelihood \(model.description.fingerprint)"
    case .andArithmetic(let judge): "\(judge.fingerprint) × each step recomputed"
    }
  }

  var parameterCount: Int {
    switch self {
    case .arithmetic: 0
    case .model(let model), .likelihood(let model): model.description.parameterCount
    case .andArithmetic(let judge): judge.parameterCount
    }
  }

  /// What scores steps, with a memory of its own.
  func processRewardModel() throws -> any ProcessRewardModel {
    switch self {
    case .arithmetic: ArithmeticRewardModel()
    case .model(let model): try LearnedProcessRewardModel(MemoizedScoringModel(model))
    case .likelihood(let model): try LikelihoodRewardModel(MemoizedScoringModel(model))
    case .andArithmetic(let judge):
      ProductRewardModel([try judge.processRewardModel(), ArithmeticRewardModel()])
    }
  }

  /// What scores whole solutions, with a memory of its own.
  func verifier() throws -> any Verifier {
    switch self {
    case .arithmetic: ArithmeticVerifier()
    case .model(let model): try RewardModel.verifier(over: MemoizedScoringModel(model), reduction: .last)
    case .likelihood, .andArithmetic: try processRewardModel().reduced(.last)
    }
  }
}
