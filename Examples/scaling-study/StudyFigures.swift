import Foundation
import Ponder

/// The charts of a study.
struct StudyFigures {
  let summary: StudySummary
  let plan: StudyPlan
  let levels: [Int]

  private var policy: String { plan.models.policy.description.name }

  /// Every chart, with the name of its file.
  var all: [(name: String, svg: String)] {
    [("accuracy-over-n", overN.svg), ("accuracy-over-flops", overFlops.svg)]
      + levels.map { ("level-\($0)", overN(level: $0).svg) }
  }

  /// Accuracy over N, all problems.
  var overN: LineChart { overN(level: nil) }

  private func overN(level: Int?) -> LineChart {
    LineChart(
      "\(policy) with search" + (level.map { ", level \($0)" } ?? ""), xLabel: "N, samples or width of the search",
      series: curves(level: level) { Double($0.method.n) } + levelsOfLargerPolicies(level: level))
  }

  /// Accuracy over the operations that it took, verifier included.
  var overFlops: LineChart {
    LineChart(
      "\(policy) with search, over compute", xLabel: "floating-point operations a problem, policy and verifier",
      scale: .powersOfTen,
      series: curves(level: nil, x: \.flops)
        + plan.models.larger.compactMap { model in
          let name = model.description.name
          let points = (summary.methods(policy: name, strategy: "majority")).compactMap { summary.row($0) }.map {
            LineChart.Series.Point(x: $0.flops, y: $0.accuracy)
          }
          return points.isEmpty ? nil : LineChart.Series("\(name), majority", points)
        })
  }

  /// One curve a strategy. Bands of all would hide each other: the majority and the best strategy have one, and the
  /// report's table has all intervals.
  private func curves(level: Int?, x: (StudySummary.Row) -> Double) -> [LineChart.Series] {
    StudyReport.strategies.compactMap { key, name in
      let points = rows(key, level: level).map {
        let hasBand = level == nil && (key == "majority" || key == bestStrategy)
        return LineChart.Series.Point(x: x($0), y: $0.accuracy, interval: hasBand ? $0.interval : nil)
      }
      return points.isEmpty ? nil : LineChart.Series(name, points.sorted { $0.x < $1.x })
    }
  }

  private func rows(_ strategy: String, level: Int?) -> [StudySummary.Row] {
    summary.methods(policy: policy, strategy: strategy).compactMap { summary.row($0, level: level) }
  }

  /// The one that gets furthest at any N.
  private var bestStrategy: String? {
    let furthest = StudyReport.strategies.map { key, _ in (key, rows(key, level: nil).map(\.accuracy).max() ?? 0) }
    return furthest.max { $0.1 < $1.1 }?.0
  }

  private func levelsOfLargerPolicies(level: Int?) -> [LineChart.Series] {
    plan.models.larger.map(\.description.name).flatMap { name in
      [("greedy", 1), ("majority", plan.widestSearch)].compactMap { strategy, n in
        summary.row(.init(policy: name, strategy: strategy, n: n), level: level).map { row in
          LineChart.Series.level(strategy == "greedy" ? "\(name), greedy" : "\(name), majority of \(n)", row.accuracy)
        }
      }
    }
  }
}
