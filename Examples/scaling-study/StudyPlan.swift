import Foundation
import Ponder

/// What a study runs on each problem.
struct StudyPlan: Sendable {
  /// What the results depend on; results of another plan are refused.
  struct Header: Codable, Hashable, Sendable {
    var policy: String
    var verifier: String
    var widest: Int
    var widestSearch: Int
    var maximumTokens: Int
    var temperature: Float
    var isInstruct: Bool
    var columns: [String]
  }

  /// The small policy's name in the records.
  var policyName: String { models.policy.description.name }

  let models: Models
  let widest: Int
  let widestSearch: Int
  let maximumTokens: Int
  /// Of everything that is not greedy.
  let sampling: SamplingParameters
  let format: PromptFormat

  /// Samples whose scores tell how difficult a problem is.
  static let pilot = 4
  /// Attempts that a revision sees. Not the four of Snell et al.: the reviser of this package, whose context is 512 tokens,
  /// learnt from one.
  static let history = 1
  /// M of beam search and diverse trees.
  static let branching = 4

  var header: Header {
    Header(
      policy: models.policy.description.fingerprint, verifier: models.verifier.fingerprint, widest: widest,
      widestSearch: widestSearch, maximumTokens: maximumTokens, temperature: sampling.temperature,
      isInstruct: format == .searchAndLearn, columns: UnitResults.columns)
  }

  /// 1, 2, 4 … of the pool.
  var poolSizes: [Int] { sequence(first: 1) { $0 * 2 }.prefix { $0 <= widest }.map { $0 } }
  /// Widths of diverse trees.
  var treeSizes: [Int] { poolSizes.filter { $0 >= Self.branching } }
  /// Widths of the other searches.
  var searchSizes: [Int] { [4, 16, 64].filter { $0 <= widestSearch } }

  /// All that is run: every part on every problem under every seed.
  func units(of items: [ProblemSet.Item], seeds: Int) -> [StudyUnit] {
    let parts: [StudyUnit.Part] =
      [.search, .revisions(models.reviser)] + models.larger.map { .larger($0) } + models.others.map { .judge($0) }
    return parts.flatMap { part in
      (1...seeds).flatMap { seed in items.map { StudyUnit(part: part, item: $0, seed: UInt64(seed)) } }
    }
  }

  /// The results of a unit.
  func run(_ unit: StudyUnit) async throws -> UnitResults? {
    var study = try ProblemStudy(plan: self, item: unit.item, seed: unit.seed)
    try await study.run(unit.part)
    return UnitResults(study.records)
  }
}

/// A part of the study on one problem under one seed: what is added to the results at once.
struct StudyUnit: Sendable {
  enum Part: Sendable {
    /// Everything that the small policy does with the study's verifier.
    case search
    /// The chains of one that revises.
    case revisions(LocalModel)
    /// A larger policy, greedy and with a vote.
    case larger(LocalModel)
    /// The small policy's samples, judged by another verifier.
    case judge(Judge)
  }

  var part: Part
  var item: ProblemSet.Item
  var seed: UInt64

  /// The group of its records. Models are named by fingerprint, so that one that was trained anew is measured anew.
  var name: String {
    let unit = "\(item.problem.id) seed \(seed)"
    return switch part {
    case .search: unit
    case .revisions(let model): "\(unit) revised by \(model.description.fingerprint)"
    case .larger(let model): "\(unit) by \(model.description.fingerprint)"
    case .judge(let judge): "\(unit) judged by \(judge.fingerprint)"
    }
  }
}
