import Ponder

/// What a unit of the study came to, as it stands in the file of results: what all its methods share is said once, and each
/// is a row of the columns that the header names.
struct UnitResults: Codable, Sendable {
  /// The columns of a row.
  static let columns = [
    "strategy", "n", "right", "any", "tokens", "tokens read", "policy flops", "verifier flops", "seconds",
  ]

  var policy: String
  var verifier: String?
  var problem: String
  var level: Int?
  var seed: UInt64
  var pilotScore: Double?
  var rows: [Row]

  /// One method.
  struct Row: Sendable {
    var strategy: String
    var n: Int
    var isCorrect: Bool
    var isCovered: Bool
    var tokens: Int
    var verifierTokens: Int
    var policyFlops: Double
    var verifierFlops: Double
    var seconds: Double
  }

  /// Gathers the records of a unit: one policy and one verifier on one problem under one seed. `nil` without any.
  init?(_ records: [StudyRecord]) {
    guard let first = records.first else { return nil }
    policy = first.method.policy
    verifier = first.method.verifier
    problem = first.problem
    level = first.level
    seed = first.seed
    pilotScore = first.pilotScore
    rows = records.map { record in
      Row(
        strategy: record.method.strategy, n: record.method.n, isCorrect: record.isCorrect, isCovered: record.isCovered,
        tokens: record.tokens, verifierTokens: record.verifierTokens, policyFlops: record.policyFlops,
        verifierFlops: record.verifierFlops, seconds: (record.seconds * 10_000).rounded() / 10_000)
    }
  }

  /// A record of each row.
  var records: [StudyRecord] {
    rows.map { row in
      StudyRecord(
        StudyRecord.Method(policy: policy, strategy: row.strategy, n: row.n, verifier: verifier), problem: problem,
        level: level, seed: seed, isCorrect: row.isCorrect, isCovered: row.isCovered, tokens: row.tokens,
        verifierTokens: row.verifierTokens, policyFlops: row.policyFlops, verifierFlops: row.verifierFlops,
        seconds: row.seconds, pilotScore: pilotScore)
    }
  }
}

extension UnitResults.Row: Codable {
  init(from decoder: any Decoder) throws {
    var columns = try decoder.unkeyedContainer()
    strategy = try columns.decode(String.self)
    n = try columns.decode(Int.self)
    isCorrect = try columns.decode(Int.self) == 1
    isCovered = try columns.decode(Int.self) == 1
    tokens = try columns.decode(Int.self)
    verifierTokens = try columns.decode(Int.self)
    policyFlops = try columns.decode(Double.self)
    verifierFlops = try columns.decode(Double.self)
    seconds = try columns.decode(Double.self)
  }

  func encode(to encoder: any Encoder) throws {
    var columns = encoder.unkeyedContainer()
    try columns.encode(strategy)
    try columns.encode(n)
    try columns.encode(isCorrect ? 1 : 0)
    try columns.encode(isCovered ? 1 : 0)
    try columns.encode(tokens)
    try columns.encode(verifierTokens)
    try columns.encode(policyFlops)
    try columns.encode(verifierFlops)
    try columns.encode(seconds)
  }
}
