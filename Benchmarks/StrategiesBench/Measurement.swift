import PonderGeneration
import PonderStrategies
import PonderTesting

/// A strategy at one N and number of steps: its own time apart from that of its models.
struct Measurement: Codable {
  let strategy: String
  let n: Int
  let steps: Int
  /// Steps and tokens that were generated, over all problems.
  let generatedSteps: Int
  let tokens: Int
  /// Seconds of all runs, and those of them that were not the models'.
  let whole: Double
  let own: Double

  init(_ contestant: Contestant, n: Int, steps: Int, problems: Int, seed: Seed) async throws {
    let clock = ModelClock()
    let model = TimedModel(SimulatedReasoner(successByLevel: [0.7]), clock)
    let strategy = contestant.make(n, TimedRewardModel(SimulatedRewardModel(), clock))
    var (made, tokens) = (0, 0)
    var whole = Duration.zero
    for number in 0..<problems {
      let problem = SimulatedProblem(number, steps: steps).problem
      let start = ContinuousClock.now
      let outcome = try await strategy.solve(problem, on: model, seed: seed)
      whole += start.duration(to: .now)
      tokens += outcome.usage.charged.tokens
      for event in outcome.trace.events {
        switch event.kind {
        case .step: made += 1
        case .candidate(_, _, let text, _): made += Step.split(text).count
        default: break
        }
      }
    }
    (self.strategy, self.n, self.steps) = (contestant.name, n, steps)
    (generatedSteps, self.tokens) = (made, tokens)
    self.whole = whole / .seconds(1)
    own = (contestant.isParallel ? whole : whole - clock.total) / .seconds(1)
  }

  /// Simulated steps a second, models and all.
  var stepsPerSecond: Double { Double(generatedSteps) / whole }
  /// Microseconds of own work a step.
  var ownPerStep: Double { 1e6 * own / Double(generatedSteps) }
  /// The share of a run in which each token takes 1 ms.
  var share: Double { own / (own + 1e-3 * Double(tokens)) }
  /// The share of a run in which a token of all N sequences takes 1 ms.
  var batchedShare: Double { own / (own + 1e-3 * Double(tokens) / Double(n)) }

  static let header = [
    pad("strategy", 20, left: true), pad("N", 4), pad("steps", 6), pad("made", 7), pad("steps/s", 9),
    pad("own µs/step", 12),
    pad("share", 9), pad("batched", 9),
  ].joined(separator: " ")

  var line: String {
    [
      Self.pad(strategy, 20, left: true), Self.pad("\(n)", 4), Self.pad("\(steps)", 6),
      Self.pad("\(generatedSteps)", 7),
      Self.pad("\(Int(stepsPerSecond))", 9), Self.pad("\((ownPerStep * 100).rounded() / 100)", 12),
      Self.pad(Self.percent(share), 9), Self.pad(Self.percent(batchedShare), 9),
    ].joined(separator: " ")
  }

  private static func percent(_ share: Double) -> String { "\((share * 1e5).rounded() / 1e3) %" }

  private static func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
    let space = String(repeating: " ", count: max(width - text.count, 0))
    return left ? text + space : space + text
  }
}
