import PonderAnswers
import PonderGeneration
import PonderStrategies

extension ComputeOptimal {
  /// Where a problem's difficulty comes from.
  public enum Difficulty: Sendable, Hashable {
    /// The mean score of the pilot's answers: what is known when a problem is solved.
    case predicted
    /// The fraction of the pilot's answers that is right: an upper bound of what a prediction can do. It needs the reference
    /// answers, so it serves to evaluate, and no table fitted on it can be used by a strategy.
    case oracle
  }

  /// What ``ComputeOptimalTable/fit(_:bins:seed:)`` is fitted on: how each strategy of the registry does on each problem under
  /// each budget, behind this strategy's pilot and with its selector, as it will be used.
  ///
  /// - Parameters:
  ///   - problems: With reference answers.
  ///   - budgets: Tokens, each ≥ 1, in place of this strategy's. A pilot that does not fit into the largest is cut short.
  ///   - difficulty: What the bins are made of.
  ///   - seeds: Each problem is run once under each; at least one.
  ///   - grading: Tells right from wrong.
  ///   - concurrency: Problems at a time, ≥ 1.
  ///
  /// Throws ``StrategyError/invalidConfiguration(_:)`` for a problem without a reference answer, without seeds or budgets,
  /// and where no answer of a pilot got a score; and what the run of a strategy throws.
  public func measurements(
    over problems: [Problem], budgets: [Int], on model: any LanguageModel, seeds: [Seed],
    difficulty: Difficulty = .predicted, grading: Grading = Grading(.boxedAnswer), format: PromptFormat = .chat,
    concurrency: Int = 8
  ) async throws(StrategyError) -> [ComputeOptimalTable.Measurement] {
    guard let largest = budgets.max(), !seeds.isEmpty, let first = registry.names.first else {
      throw .invalidConfiguration("ComputeOptimal: measuring needs a strategy, a budget and a seed")
    }
    for problem in problems where problem.reference == nil {
      throw .invalidConfiguration("ComputeOptimal: problem \(problem.id) has no reference answer to measure by")
    }
    var measurements: [ComputeOptimalTable.Measurement] = []
    var meanScores = [Double](repeating: 0, count: problems.count)
    // The largest budget comes first, because it tells the difficulties.
    for (budget, name) in budgets.sorted(by: >).flatMap({ budget in registry.names.map { (budget, $0) } }) {
      let forced = with(tokens: budget, table: .always(name))
      var right = [Double](repeating: 0, count: problems.count)
      for seed in seeds {
        let runs = forced.run(over: problems, on: model, seed: seed, format: format, concurrency: concurrency)
        for await done in runs {
          let outcome = try done.result.get()
          let isRight = grading.isCorrect(outcome, on: done.problem) ?? false
          right[done.index] += isRight ? 1 : 0
          if budget == largest, name == first {
            guard let score = self.score(of: outcome, on: done.problem, difficulty, grading) else {
              throw .invalidConfiguration("ComputeOptimal: no answer of the pilot on \(done.problem.id) got a score")
            }
            meanScores[done.index] += score / Double(seeds.count)
          }
        }
      }
      for (index, problem) in problems.enumerated() {
        measurements.append(
          .init(
            problem: problem.id, meanScore: meanScores[index], budget: budget, strategy: name,
            accuracy: right[index] / Double(seeds.count)))
      }
    }
    return measurements
  }

  /// The same with another budget and table.
  private func with(tokens: Int, table: ComputeOptimalTable) -> ComputeOptimal {
    ComputeOptimal(
      tokens: tokens, pilot: pilot, scoredBy: verifier, table: table, choosing: registry, selectedBy: selector)
  }

  private func score(
    of outcome: Outcome, on problem: Problem, _ difficulty: Difficulty, _ grading: Grading
  ) -> Double? {
    let answers = Self.pilot(of: outcome)
    switch difficulty {
    case .predicted: return Self.meanScore(of: answers)
    case .oracle: return grading.correctness(of: answers, on: problem).map(Metrics.accuracy)
    }
  }
}
