/// Which strategy to take at which difficulty and budget, by name: Snell et al. 2024 (arXiv:2408.03314) §3.
///
/// Difficulty is the mean score of a pilot's answers: the lower, the harder. Bins are numbered from 0, the easiest. The
/// table is fitted by ``fit(_:bins:seed:)``, or written by hand.
public struct ComputeOptimalTable: Sendable, Hashable, Codable {
  /// Between the bins, ascending: a mean score that is not below any of them is in bin 0, one below all in the last.
  public let bounds: [Double]
  /// The budgets that the columns are for, in tokens with the pilot's, ascending.
  public let budgets: [Int]
  /// The strategies' names. [bin][budget]
  public let choices: [[String]]

  /// Makes a table. Throws ``StrategyError/invalidConfiguration(_:)`` unless bounds are finite and ascending, budgets
  /// ascend from at least 1, and there is one choice for each bin and budget.
  public init(bounds: [Double], budgets: [Int], choices: [[String]]) throws(StrategyError) {
    func isAscending<Number: Comparable>(_ numbers: [Number]) -> Bool {
      zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 }
    }
    guard bounds.allSatisfy(\.isFinite), isAscending(bounds) else {
      throw .invalidConfiguration("compute-optimal table: the bounds \(bounds) must be finite and ascending")
    }
    guard let first = budgets.first, first >= 1, isAscending(budgets), Set(budgets).count == budgets.count else {
      throw .invalidConfiguration("compute-optimal table: the budgets \(budgets) must ascend from at least 1")
    }
    guard choices.count == bounds.count + 1, choices.allSatisfy({ $0.count == budgets.count }) else {
      throw .invalidConfiguration(
        "compute-optimal table: \(bounds.count + 1) bins × \(budgets.count) budgets need as many choices, "
          + "there are \(choices.map(\.count))")
    }
    self.bounds = bounds
    self.budgets = budgets
    self.choices = choices
  }

  /// A table that always takes one strategy: what the others are measured against.
  public static func always(_ name: String) -> ComputeOptimalTable {
    ComputeOptimalTable(always: name)
  }

  private init(always name: String) {
    bounds = []
    budgets = [1]
    choices = [[name]]
  }

  /// The bin of a mean score: 0 is the easiest.
  public func bin(ofMeanScore score: Double) -> Int { bounds.count { score < $0 } }

  /// The choice for a mean score and a budget: the column of the largest budget that is not above it, or of the smallest.
  public func choice(forMeanScore score: Double, budget: Int) -> String {
    let column = budgets.lastIndex { $0 <= budget } ?? 0
    return choices[bin(ofMeanScore: score)][column]
  }

  /// All names in the table, each once, in the order of its rows.
  public var names: [String] {
    var seen: Set<String> = []
    return choices.flatMap(\.self).filter { seen.insert($0).inserted }
  }
}

extension ComputeOptimalTable {
  private enum CodingKeys: String, CodingKey { case bounds, budgets, choices }

  /// Reads a table, and checks it as when one is made.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      bounds: container.decode([Double].self, forKey: .bounds),
      budgets: container.decode([Int].self, forKey: .budgets),
      choices: container.decode([[String]].self, forKey: .choices))
  }
}
