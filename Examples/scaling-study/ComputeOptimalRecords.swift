import Ponder

/// What a choice of strategy by predicted difficulty would have come to, from results that are there.
///
/// Snell et al. 2024 (arXiv:2408.03314) §3, with two folds: problems are dealt into halves, a table (difficulty bin × N →
/// strategy) is fitted on one and measured on the other. Difficulty is the mean score of the first four samples, which are
/// charged: a strategy that draws samples reuses them, a search pays for them on top.
struct ComputeOptimalRecords {
  /// One record for each problem, seed and N.
  let records: [StudyRecord]

  /// - Parameters:
  ///   - all: The results of the study.
  ///   - policy: Whose strategies are chosen from.
  ///   - strategies: Their names.
  ///   - sizes: N, each measured for all strategies.
  init(
    from all: [StudyRecord], policy: String, strategies: [String], sizes: [Int], bins: Int = 5
  ) throws {
    struct Key: Hashable {
      var strategy: String
      var n: Int
      var problem: String
      var seed: UInt64
    }
    let mine = all.filter { $0.method.policy == policy && $0.pilotScore != nil }
    let table = Dictionary(
      mine.map { (Key(strategy: $0.method.strategy, n: $0.method.n, problem: $0.problem, seed: $0.seed), $0) },
      uniquingKeysWith: { first, _ in first })
    let problems = Dictionary(grouping: mine, by: \.problem).sorted { $0.key < $1.key }
    let names = strategies.filter { name in mine.contains { $0.method.strategy == name } }
    guard names.count > 1, problems.count > 1 else {
      records = []
      return
    }

    func measurements(_ fold: Int) -> [ComputeOptimalTable.Measurement] {
      problems.enumerated().filter { $0.offset % 2 == fold }.flatMap { _, entry -> [ComputeOptimalTable.Measurement] in
        let scores = entry.value.compactMap(\.pilotScore)
        let mean = scores.reduce(0, +) / Double(scores.count)
        return sizes.flatMap { n -> [ComputeOptimalTable.Measurement] in
          names.compactMap { name -> ComputeOptimalTable.Measurement? in
            let runs = entry.value.filter { $0.method.strategy == name && $0.method.n == n }
            guard !runs.isEmpty else { return nil }
            let accuracy = Double(runs.count { $0.isCorrect }) / Double(runs.count)
            return .init(problem: entry.key, meanScore: mean, budget: n, strategy: name, accuracy: accuracy)
          }
        }
      }
    }
    var derived: [StudyRecord] = []
    for fold in 0..<2 {
      let fitted = try ComputeOptimalTable.fit(measurements(1 - fold), bins: bins).table
      for (offset, entry) in problems.enumerated() where offset % 2 == fold {
        for seed in Set(entry.value.map(\.seed)).sorted() {
          guard let pilot = table[Key(strategy: "best-of-n", n: StudyPlan.pilot, problem: entry.key, seed: seed)],
            let score = pilot.pilotScore
          else { continue }
          for n in sizes {
            let name = fitted.choice(forMeanScore: score, budget: n)
            guard var record = table[Key(strategy: name, n: n, problem: entry.key, seed: seed)] else { continue }
            record.add(pilot, reusesSamples: Self.drawsSamples.contains(name))
            record.method.strategy = "compute-optimal"
            derived.append(record)
          }
        }
      }
    }
    records = derived
  }

  /// Strategies whose first samples are the pilot's.
  private static let drawsSamples: Set<String> = ["majority", "adaptive", "best-of-n", "weighted"]
}

extension StudyRecord {
  /// Charges a pilot: its samples unless they are this run's own, its verdicts unless this run asked for them too.
  fileprivate mutating func add(_ pilot: StudyRecord, reusesSamples: Bool) {
    if !reusesSamples {
      tokens += pilot.tokens
      policyFlops += pilot.policyFlops
      seconds += pilot.seconds
    }
    if !reusesSamples || verifierTokens == 0 {
      verifierTokens += pilot.verifierTokens
      verifierFlops += pilot.verifierFlops
    }
  }
}
