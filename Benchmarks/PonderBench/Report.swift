import Foundation

/// What was measured, as text or JSON.
struct Report: Codable {
  var machine = Machine()
  let model: String
  let threads: Int
  let seed: UInt64
  let rounds: Int
  let measurements: [Measurement]

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  func table() -> String {
    var lines = [
      "\(model), \(threads) thread(s), best of \(rounds), seed \(seed)",
      "\(machine.processor), \(machine.processors) processors, \(machine.instructionSet), \(machine.build) build, "
        + machine.date,
      "",
    ]
    for measurement in measurements where !measurement.isContended {
      let name = measurement.workload.padding(toLength: 22, withPad: " ", startingAt: 0)
      lines += text(of: measurement).map { name + $0 }
    }
    return lines.joined(separator: "\n")
  }

  private func text(of measurement: Measurement) -> [String] {
    if let speed = measurement.speed {
      return [String(format: "%9.1f tok/s", speed) + contention(measurement.workload, speed)]
    }
    return measurement.readings.flatMap { reading -> [String] in
      switch reading {
      case .speed: []
      case .memory(let bytes): [String(format: "%9.1f MB beside the weights", 1e-6 * Double(bytes))]
      case .search(let cost): [line(cost.policy, "policy"), line(cost.rewardModel, "reward model")]
      }
    }
  }

  /// How much slower it was beside a busy process, if that was measured.
  private func contention(_ workload: String, _ speed: Double) -> String {
    let contended = measurements.first { $0.workload == workload && $0.isContended }
    guard let slower = contended?.speed else { return "" }
    return String(format: ", %.1f beside a busy process: %.2f times slower", slower, speed / slower)
  }

  private func line(_ part: SearchCost.Part, _ model: String) -> String {
    "\(model): \(part.computed) tokens computed for \(part.distinct) distinct ones in \(part.calls) calls; "
      + "\(part.withoutCache) without a cache"
  }
}
