import ArgumentParser
import PonderEvaluation
import PonderGeneration
import PonderModels

/// `ponder-bench measure`
struct MeasureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure", abstract: "Run workloads several times and print the best of each.",
    discussion: """
      Workloads: prefill-TOKENS, decode-CANDIDATES-PROMPT[-GENERATED], score-CANDIDATES-PROMPT-ANSWER, \
      memory-CANDIDATES-PROMPT-GENERATED, beam-WIDTH-BRANCHING. Without any, those of the goals table.
      """)

  @Argument(help: "What to run.")
  var workloads: [Workload] = []

  @OptionGroup var options: ModelOptions

  @Option(help: "Rounds over all timed workloads, of which the best counts.")
  var rounds = 3

  @Flag(help: "Run timed workloads beside a busy process too, in turn with undisturbed ones.")
  var contention = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard rounds >= 1 else { throw ValidationError("--rounds must be at least 1") }
  }

  func run() async throws {
    let bench = try await options.workbench()
    let workloads = workloads.isEmpty ? Workload.goals : workloads
    let bar = ProgressBar("measuring", total: 1 + workloads.reduce(0) { $0 + runs(of: $1) })
    // Pages are touched, and threads started, before anything is timed.
    _ = try await bench.run(.decode(candidates: 2, prompt: 16, generated: 4), round: -1)
    bar.advance()

    var quiet = workloads.map { Measurement(workload: "\($0)") }
    var contended = workloads.map { Measurement(workload: "\($0)", isContended: true) }
    for round in 0..<rounds {
      for (index, workload) in workloads.enumerated() where round == 0 || workload.isTimed {
        quiet[index].readings.append(try await bench.run(workload, round: round))
        bar.advance()
        guard contention, workload.isTimed else { continue }
        let busy = try BusyProcess()
        contended[index].readings.append(try await bench.run(workload, round: rounds + round))
        withExtendedLifetime(busy) {}
        bar.advance()
      }
    }
    bar.finish()
    let report = Report(
      model: bench.model.description.name, threads: options.threads, seed: options.seed, rounds: rounds,
      measurements: quiet + contended.filter { !$0.readings.isEmpty })
    print(json ? try report.json() : report.table())
  }

  private func runs(of workload: Workload) -> Int { workload.isTimed ? rounds * (contention ? 2 : 1) : 1 }
}
