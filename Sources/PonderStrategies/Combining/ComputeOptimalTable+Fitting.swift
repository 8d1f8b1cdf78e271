import PonderGeneration

extension ComputeOptimalTable {
  /// How one strategy did on one problem under one budget.
  public struct Measurement: Sendable, Hashable, Codable {
    /// The problem's id.
    public var problem: String
    /// Its difficulty: the mean score of the pilot's answers, or for *oracle* bins the fraction of them that is right.
    public var meanScore: Double
    /// Tokens, the pilot's included.
    public var budget: Int
    /// The strategy's name.
    public var strategy: String
    /// The fraction of runs that were right, in [0, 1].
    public var accuracy: Double

    /// Makes a measurement.
    public init(problem: String, meanScore: Double, budget: Int, strategy: String, accuracy: Double) {
      self.problem = problem
      self.meanScore = meanScore
      self.budget = budget
      self.strategy = strategy
      self.accuracy = accuracy
    }
  }

  /// What a table is worth on problems that it was not fitted on.
  public struct Validation: Sendable, Hashable, Codable {
    /// Tokens.
    public var budget: Int
    /// The accuracy of the choices, each measured on the half of the problems that it was not chosen on.
    public var computeOptimal: Double
    /// The accuracy of each strategy alone on the same problems, in the order in which they were first seen.
    public var single: [Single]

    /// One strategy alone.
    public struct Single: Sendable, Hashable, Codable {
      /// Its name.
      public var strategy: String
      /// Its mean accuracy.
      public var accuracy: Double
    }
  }

  /// A table fitted on all problems, and what two-fold cross-validation says of it.
  public struct Fit: Sendable, Hashable, Codable {
    /// The table.
    public var table: ComputeOptimalTable
    /// One entry for each budget.
    public var validation: [Validation]
  }

  /// Fits a table: for each bin and budget the strategy that did best, the first on a tie.
  ///
  /// Bins are quantiles of the problems' mean scores. For the validation each bin is dealt into two halves by the seed;
  /// what is chosen on one half is measured on the other (Snell et al. 2024 §3.2). Where a half has no problem of a bin,
  /// its choice is the best over all bins.
  ///
  /// - Parameters:
  ///   - measurements: One for each problem, budget and strategy; several of one kind are averaged.
  ///   - bins: ≥ 1; the paper has five.
  ///   - seed: Deals the problems into halves.
  ///
  /// Throws ``StrategyError/invalidConfiguration(_:)`` without measurements, when one is missing or not a number, and when
  /// a problem has two mean scores.
  public static func fit(
    _ measurements: [Measurement], bins: Int = 5, seed: Seed = 0
  ) throws(StrategyError) -> Fit {
    guard bins >= 1 else { throw .invalidConfiguration("compute-optimal table: \(bins) bins, must be ≥ 1") }
    let grid = try Grid(measurements)
    let sorted = grid.problems.map(\.meanScore).sorted()
    let bounds = (1..<bins).map { sorted[$0 * sorted.count / bins] }
    let whole = try ComputeOptimalTable(
      bounds: bounds, budgets: grid.budgets,
      choices: Array(repeating: Array(repeating: "", count: grid.budgets.count), count: bins))
    let binOf = grid.problems.map { whole.bin(ofMeanScore: $0.meanScore) }
    let everyone = Array(grid.problems.indices)
    let members = (0..<bins).map { bin in everyone.filter { binOf[$0] == bin } }

    func choices(from problems: [Int], at budget: Int) -> [Int] {
      members.map { members in
        let here = members.filter(Set(problems).contains)
        return grid.best(on: here.isEmpty ? problems : here, at: budget)
      }
    }
    let fitted = grid.budgets.indices.map { choices(from: everyone, at: $0).map { grid.strategies[$0] } }
    let table = try ComputeOptimalTable(
      bounds: bounds, budgets: grid.budgets,
      choices: (0..<bins).map { bin in grid.budgets.indices.map { fitted[$0][bin] } })

    // Dealt in turn within each bin, in an order that the seed and the problems' ids make.
    var halves: [[Int]] = [[], []]
    for members in members {
      let shuffled = members.map { (place: $0, key: seed.derived(grid.problems[$0].id).value) }
        .sorted { ($0.key, $0.place) < ($1.key, $1.place) }
      for (turn, member) in shuffled.enumerated() { halves[turn % 2].append(member.place) }
    }
    let validation = grid.budgets.indices.map { budget in
      var sum = 0.0
      for (chosenOn, measuredOn) in [(0, 1), (1, 0)] {
        let choice = choices(from: halves[chosenOn].isEmpty ? everyone : halves[chosenOn], at: budget)
        for problem in halves[measuredOn] { sum += grid.accuracy[problem][budget][choice[binOf[problem]]] }
      }
      let single = grid.strategies.indices.map { strategy in
        Validation.Single(
          strategy: grid.strategies[strategy],
          accuracy: grid.mean(of: strategy, on: everyone, at: budget))
      }
      return Validation(
        budget: grid.budgets[budget], computeOptimal: sum / Double(everyone.count), single: single)
    }
    return Fit(table: table, validation: validation)
  }
}

/// Measurements as numbers: every problem, budget and strategy has one.
private struct Grid {
  var problems: [(id: String, meanScore: Double)] = []
  var budgets: [Int]
  var strategies: [String] = []
  /// [problem][budget][strategy]
  var accuracy: [[[Double]]]

  init(_ measurements: [ComputeOptimalTable.Measurement]) throws(StrategyError) {
    var problemPlaces: [String: Int] = [:]
    var strategyPlaces: [String: Int] = [:]
    budgets = Set(measurements.map(\.budget)).sorted()
    for measurement in measurements {
      guard measurement.meanScore.isFinite, measurement.accuracy.isFinite else {
        throw .invalidConfiguration("compute-optimal table: \(measurement) holds no number")
      }
      if strategyPlaces[measurement.strategy] == nil {
        strategyPlaces[measurement.strategy] = strategies.count
        strategies.append(measurement.strategy)
      }
      if let place = problemPlaces[measurement.problem] {
        guard problems[place].meanScore == measurement.meanScore else {
          throw .invalidConfiguration("compute-optimal table: \(measurement.problem) has two mean scores")
        }
      } else {
        problemPlaces[measurement.problem] = problems.count
        problems.append((measurement.problem, measurement.meanScore))
      }
    }
    guard !problems.isEmpty else { throw .invalidConfiguration("compute-optimal table: there are no measurements") }
    let empty = Array(repeating: Array(repeating: (sum: 0.0, count: 0), count: strategies.count), count: budgets.count)
    var sums = Array(repeating: empty, count: problems.count)
    let columns = Dictionary(uniqueKeysWithValues: budgets.enumerated().map { ($1, $0) })
    for measurement in measurements {
      guard let problem = problemPlaces[measurement.problem], let budget = columns[measurement.budget],
        let strategy = strategyPlaces[measurement.strategy]
      else { continue }
      sums[problem][budget][strategy].sum += measurement.accuracy
      sums[problem][budget][strategy].count += 1
    }
    accuracy = []
    for (problem, rows) in zip(problems, sums) {
      for (budget, row) in zip(budgets, rows) {
        for (strategy, cell) in zip(strategies, row) where cell.count == 0 {
          throw .invalidConfiguration(
            "compute-optimal table: \(strategy) was not measured on \(problem.id) at \(budget) tokens")
        }
      }
      accuracy.append(rows.map { $0.map { $0.sum / Double($0.count) } })
    }
  }

  func mean(of strategy: Int, on problems: [Int], at budget: Int) -> Double {
    problems.reduce(0) { $0 + accuracy[$1][budget][strategy] } / Double(max(problems.count, 1))
  }

  /// The strategy with the highest mean, the first on a tie.
  func best(on problems: [Int], at budget: Int) -> Int {
    var best = (strategy: 0, mean: -1.0)
    for strategy in strategies.indices {
      let mean = mean(of: strategy, on: problems, at: budget)
      if mean > best.mean { best = (strategy, mean) }
    }
    return best.strategy
  }
}
