import Foundation

/// What was measured, as text or JSON.
struct Report: Codable {
  struct Row: Codable {
    let weights: String
    let byteCount: Int
    /// One figure for each count.
    let gigaOperations: [Double]
  }

  let instructionSet: String
  let threads, rows, columns: Int
  let counts: [Int]
  let limits: Limits
  let results: [Row]

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  func table() -> String {
    var lines = [
      "\(instructionSet), \(threads) thread(s), weights [\(rows), \(columns)]",
      "limits: floats \(whole(limits.floatPeak)) GFLOP/s, bytes \(whole(limits.bytePeak)) GOP/s, "
        + "memory \(whole(limits.bandwidth)) GB/s",
      "",
      cell("GOP/s at M =", 18, left: true) + counts.map { cell("\($0)", 7) }.joined()
        + cell("GB/s, M = \(counts[0])", 14),
    ]
    for row in results {
      // Weights are read once for every block of rows; with few rows that is once.
      let seconds = 2e-9 * Double(counts[0] * rows * columns) / row.gigaOperations[0]
      lines.append(
        cell(row.weights, 18, left: true) + row.gigaOperations.map { cell(whole($0), 7) }.joined()
          + cell(whole(1e-9 * Double(row.byteCount) / seconds), 14))
    }
    return lines.joined(separator: "\n")
  }

  private func whole(_ value: Double) -> String { "\(Int(value.rounded()))" }

  private func cell(_ text: String, _ width: Int, left: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - text.count))
    return left ? text + padding : padding + text
  }
}
