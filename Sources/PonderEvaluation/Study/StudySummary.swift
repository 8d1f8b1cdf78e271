import PonderGeneration

/// The figures of a study: means over problems and seeds with intervals, and differences between methods.
///
/// A problem's figure is its mean over the seeds. Intervals are percentile bootstraps over problems, so they tell how
/// much another set of problems would differ; problems are drawn, seeds are not.
public struct StudySummary: Sendable {
  /// The figures of one method.
  public struct Row: Sendable, Hashable {
    /// What was run.
    public var method: StudyRecord.Method
    /// Problems.
    public var problems: Int
    /// The fraction right, in [0, 1].
    public var accuracy: Double
    /// The accuracy's 95 % interval.
    public var interval: ClosedRange<Double>
    /// The fraction of problems with a right candidate, in [0, 1].
    public var coverage: Double
    /// Tokens of the policy a problem.
    public var tokens: Double
    /// Tokens of the verifier a problem.
    public var verifierTokens: Double
    /// Operations of the policy a problem.
    public var policyFlops: Double
    /// Operations of the verifier a problem.
    public var verifierFlops: Double
    /// Seconds a problem.
    public var seconds: Double

    /// Operations of both.
    public var flops: Double { policyFlops + verifierFlops }
  }

  /// A difference of two methods' accuracies on the same problems.
  public struct Difference: Sendable, Hashable {
    /// The first's accuracy less the second's.
    public var mean: Double
    /// Its 95 % interval, paired by problem.
    public var interval: ClosedRange<Double>

    /// Whether the whole interval is above zero, below, or neither.
    public var verdict: Verdict {
      if interval.lowerBound > 0 { return .holds }
      return interval.upperBound < 0 ? .reversed : .undecided
    }
  }

  /// What a difference says of "the first is better".
  public enum Verdict: String, Sendable, Hashable, Codable {
    /// It is better.
    case holds
    /// It is worse.
    case reversed
    /// The interval holds zero.
    case undecided
  }

  private let records: [StudyRecord.Method: [StudyRecord]]
  private let seed: Seed

  /// Gathers records; `seed` is that of the bootstrap.
  public init(_ records: [StudyRecord], seed: Seed = 0) {
    self.records = Dictionary(grouping: records, by: \.method)
    self.seed = seed
  }

  /// The methods of a policy and strategy with a verifier (`nil`: the study's), ascending by N.
  public func methods(policy: String, strategy: String, verifier: String? = nil) -> [StudyRecord.Method] {
    records.keys.filter { $0.policy == policy && $0.strategy == strategy && $0.verifier == verifier }
      .sorted { $0.n < $1.n }
  }

  /// The figures of a method, on problems of one level or all; `nil` without records.
  public func row(_ method: StudyRecord.Method, level: Int? = nil) -> Row? {
    let mine = (records[method] ?? []).filter { level == nil || $0.level == level }
    guard !mine.isEmpty else { return nil }
    func mean(_ value: (StudyRecord) -> Double) -> Double { mine.reduce(0) { $0 + value($1) } / Double(mine.count) }
    let accuracies = Self.means(of: mine) { $0.isCorrect ? 1 : 0 }.map(\.value)
    return Row(
      method: method, problems: accuracies.count, accuracy: mean { $0.isCorrect ? 1 : 0 },
      interval: Metrics.bootstrapInterval(ofMean: accuracies, seed: seed),
      coverage: mean { $0.isCovered ? 1 : 0 }, tokens: mean { Double($0.tokens) },
      verifierTokens: mean { Double($0.verifierTokens) }, policyFlops: mean(\.policyFlops),
      verifierFlops: mean(\.verifierFlops), seconds: mean(\.seconds))
  }

  /// How much more accurate `first` is than `second` on the problems that both have; `nil` without any.
  public func difference(
    _ first: StudyRecord.Method, _ second: StudyRecord.Method, level: Int? = nil
  ) -> Difference? {
    func accuracies(_ method: StudyRecord.Method) -> [(problem: String, value: Double)] {
      let mine = (records[method] ?? []).filter { level == nil || $0.level == level }
      return Self.means(of: mine) { $0.isCorrect ? 1 : 0 }
    }
    let others = Dictionary(uniqueKeysWithValues: accuracies(second).map { ($0.problem, $0.value) })
    let differences = accuracies(first).compactMap { entry in others[entry.problem].map { entry.value - $0 } }
    guard !differences.isEmpty else { return nil }
    return Difference(
      mean: differences.reduce(0, +) / Double(differences.count),
      interval: Metrics.bootstrapInterval(ofMean: differences, seed: seed))
  }

  /// A problem's mean over its seeds, in the order of the problems' names.
  private static func means(
    of records: [StudyRecord], _ value: (StudyRecord) -> Double
  ) -> [(problem: String, value: Double)] {
    Dictionary(grouping: records, by: \.problem).map { problem, group in
      (problem, group.reduce(0) { $0 + value($1) } / Double(group.count))
    }.sorted { $0.0 < $1.0 }
  }
}
