import ArgumentParser
import Foundation
import PonderGeneration
import PonderStrategies
import PonderTesting

/// What strategies cost beside their models, and how that grows with N and with the number of steps.
@main struct StrategiesBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies-bench",
    abstract: "A strategy's own work, measured on simulated models whose own time is taken off.",
    discussion: """
      Simulated steps a second are those of whole runs, models and all. The own time is that of a run without its models, \
      best of all rounds; its share is that of a run in which the model takes 1 ms a token, one token after the other, or \
      1 ms for a token of all N sequences at once. Exits with 1 when a goal is missed: at N = 64 at least 100,000 \
      simulated steps a second; a share below 1 % everywhere; a step at N = 256 and one of 80 at most twice as dear as \
      one at N = 64 and one of 20.
      """)

  @Option(help: "Rounds over all measurements, of which the best counts.") var rounds = 5
  @Option(help: "Problems a measurement.") var problems = 4
  @Option(help: "The same seed gives the same runs.") var seed: UInt64 = 7
  @Option(help: "Only strategies whose name contains this.") var only: String?
  @Flag(help: "Print JSON.") var json = false

  /// N at five steps, and the number of steps at N = 16.
  private static let places = [(16, 5), (64, 5), (256, 5), (16, 20), (16, 80)]

  func validate() throws {
    guard rounds >= 1, problems >= 1 else { throw ValidationError("--rounds and --problems must be at least 1") }
  }

  func run() async throws {
    let contestants = Contestant.all.filter { only.map($0.name.contains) ?? true }
    var best: [String: Measurement] = [:]
    for _ in 0..<rounds {
      for contestant in contestants {
        for (n, steps) in Self.places {
          let measured = try await Measurement(contestant, n: n, steps: steps, problems: problems, seed: Seed(seed))
          let key = "\(contestant.name) \(n) \(steps)"
          if best[key].map({ measured.own < $0.own }) ?? true { best[key] = measured }
        }
      }
    }
    let rows = contestants.flatMap { contestant in
      Self.places.compactMap { best["\(contestant.name) \($0.0) \($0.1)"] }
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      for row in rows { print(String(decoding: try encoder.encode(row), as: UTF8.self)) }
    } else {
      print(Measurement.header)
      for row in rows { print(row.line) }
    }
    let missed = contestants.flatMap { contestant in
      missedGoals(contestant.name) { n, steps in best["\(contestant.name) \(n) \(steps)"] }
    }
    for goal in missed { FileHandle.standardError.write(Data("missed: \(goal)\n".utf8)) }
    if !missed.isEmpty { throw ExitCode.failure }
  }

  /// What a strategy's measurements fall short of.
  private func missedGoals(_ name: String, _ measured: (_ n: Int, _ steps: Int) -> Measurement?) -> [String] {
    var missed: [String] = []
    if let speed = measured(64, 5)?.stepsPerSecond, speed < 100_000 {
      missed.append("\(name) makes \(Int(speed)) steps a second at N = 64, fewer than 100,000")
    }
    for (n, steps) in Self.places where measured(n, steps).map({ $0.share >= 0.01 }) ?? false {
      missed.append("\(name) takes 1 % or more of a run at N = \(n) over \(steps) steps")
    }
    for (small, large) in [((64, 5), (256, 5)), ((16, 20), (16, 80))] {
      guard let a = measured(small.0, small.1), let b = measured(large.0, large.1) else { continue }
      if b.ownPerStep > 2 * a.ownPerStep {
        missed.append("a step of \(name) costs more than twice as much at N, steps = \(large) as at \(small)")
      }
    }
    return missed
  }
}
