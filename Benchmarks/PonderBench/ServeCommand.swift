import ArgumentParser
import Foundation
import PonderGeneration
import PonderModels

/// `ponder-bench serve`: for a program that measures another engine in turn with this one.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run workloads as they are named on standard input, one a line, once each.",
    discussion: """
      Answers each line with one of JSON. The first line, before any was asked for, describes the machine. \
      `greedy COUNT TOKEN,TOKEN,…` answers with the greedy tokens behind a prompt; `contended WORKLOAD` runs a \
      workload beside a busy process.
      """)

  @OptionGroup var options: ModelOptions

  func run() async throws {
    let bench = try await options.workbench()
    _ = try await bench.run(.decode(candidates: 2, prompt: 16, generated: 4), round: -1)
    try answer(
      Report(
        model: bench.model.description.name, threads: options.threads, seed: options.seed, rounds: 0,
        measurements: []))
    var round = 0
    while let line = readLine() {
      let words = line.split(separator: " ")
      if words.count == 3, words[0] == "greedy", let count = Int(words[1]) {
        let prompt = words[2].split(separator: ",").compactMap { Token($0) }
        try answer(try await bench.greedy(count, behind: prompt))
      } else if let name = words.last, let workload = Workload(argument: String(name)) {
        let busy = words.first == "contended" ? try BusyProcess() : nil
        try answer(try await bench.run(workload, round: round))
        withExtendedLifetime(busy) {}
        round += 1
      } else {
        throw ValidationError("not a workload: \(line)")
      }
    }
  }

  private func answer(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
  }
}
