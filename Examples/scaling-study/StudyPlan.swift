import Foundation
import Ponder

/// What a study runs on each problem.
struct StudyPlan: Sendable {
  /// What the results depend on; results of another plan are refused.
  struct Header: Codable, Hashable, Sendable {
    var policy: String
    var larger: [String]
    var verifier: String
    var widest: Int
    var widestSearch: Int
    var maximumTokens: Int
    var isInstruct: Bool
  }

  /// The small policy's name in the records.
  var policyName: String { models.policy.description.name }

  let models: Models
  let widest: Int
  let widestSearch: Int
  let maximumTokens: Int
  let format: PromptFormat

  /// Samples whose scores tell how difficult a problem is.
  static let pilot = 4
  /// M of beam search and diverse trees.
  static let branching = 4

  var header: Header {
    Header(
      policy: models.policy.description.fingerprint, larger: models.larger.map(\.description.fingerprint),
      verifier: models.rewardModel?.description.fingerprint ?? "arithmetic", widest: widest,
      widestSearch: widestSearch, maximumTokens: maximumTokens, isInstruct: format == .searchAndLearn)
  }

  /// 1, 2, 4 … of the pool.
  var poolSizes: [Int] { sequence(first: 1) { $0 * 2 }.prefix { $0 <= widest }.map { $0 } }
  /// Widths of diverse trees.
  var treeSizes: [Int] { poolSizes.filter { $0 >= Self.branching } }
  /// Widths of the other searches.
  var searchSizes: [Int] { [4, 16, 64].filter { $0 <= widestSearch } }

  /// All results of one problem under one seed.
  func run(_ item: ProblemSet.Item, seed: UInt64) async throws -> [StudyRecord] {
    var study = try ProblemStudy(plan: self, item: item, seed: seed)
    try await study.run()
    return study.records
  }
}
