import ArgumentParser
import Foundation
import PonderCore

/// Measures products of one matrix with more and more rows of activations, against the limits of the machine.
@main struct KernelBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel-bench",
    abstract: "Products of a random weight matrix with M rows of activations, in GOP/s, beside the machine's limits.",
    discussion: """
      Every format is packed or kept as the engine would; the time includes quantizing the activations. Rounds visit \
      all formats in turn and the best of each counts, so that what else the machine does falls on all alike.
      """)

  @Option(help: "Output channels.") var rows = 8192
  @Option(help: "Inputs, a multiple of 256.") var columns = 2048
  @Option(help: "Threads; the output channels are split among them.") var threads = 1
  @Option(name: .customLong("counts"), help: "Rows of activations, separated by commas.")
  var countList = "1,2,4,8,16,32,64,512"
  @Option(help: "Rounds over all formats.") var rounds = 5
  @Flag(help: "Report the mean of the rounds, not the best: what is left beside another process.") var mean = false
  @Flag(help: "Print JSON.") var json = false

  private var counts: [Int] { countList.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    guard rows > 0, columns > 0, columns.isMultiple(of: 256), threads > 0, rounds > 0, !counts.isEmpty,
      counts.allSatisfy({ $0 > 0 })
    else { throw ValidationError("sizes are positive, and the columns a multiple of 256") }
  }

  func run() throws {
    let limits = Limits(threads: threads)
    let pool = threads > 1 ? ThreadPool(helpers: threads - 1) : nil
    let contestants = try Contestant.all(rows: rows, columns: columns)
    let start = mean ? 0 : Double.infinity
    var times = [[Double]](repeating: Array(repeating: start, count: counts.count), count: contestants.count)
    for _ in 0..<rounds {
      for (i, contestant) in contestants.enumerated() {
        for (j, count) in counts.enumerated() {
          let seconds = contestant.seconds(count: count, pool: pool)
          times[i][j] = mean ? times[i][j] + seconds / Double(rounds) : min(times[i][j], seconds)
        }
      }
    }
    let results = zip(contestants, times).map { contestant, seconds in
      Report.Row(
        weights: contestant.name, byteCount: contestant.byteCount,
        gigaOperations: zip(counts, seconds).map { 2e-9 * Double($0 * rows * columns) / $1 })
    }
    let report = Report(
      instructionSet: Kernels.best.name, threads: threads, rows: rows, columns: columns, counts: counts,
      limits: limits, results: results)
    print(json ? try report.json() : report.table())
  }
}
