import Foundation

/// The curves of a ``LineChart`` in characters, for a terminal.
public struct TerminalChart: Sendable, Hashable, CustomStringConvertible {
  /// What is drawn.
  public var chart: LineChart
  /// Columns between the axis and the right edge, ≥ 8.
  public var width: Int
  /// Rows between top and bottom, ≥ 4.
  public var height: Int

  /// Makes a chart.
  public init(_ chart: LineChart, width: Int = 60, height: Int = 14) {
    precondition(width >= 8 && height >= 4, "a chart of \(width) × \(height) characters, at least 8 × 4")
    self.chart = chart
    self.width = width
    self.height = height
  }

  private static let marks: [Character] = [
    "●", "▲", "■", "◆", "○", "△", "□", "◇", "★", "☆", "✚", "✖", "◐", "◑",
  ]

  /// Title, curves, axes and legend; lines without trailing space, no line break at the end.
  public var description: String {
    let curves = chart.series.filter { !$0.isLevel }
    let points = curves.flatMap(\.points)
    guard let minX = points.map(\.x).min(), let maxX = points.map(\.x).max() else { return chart.title }
    let ys = chart.series.flatMap { $0.points.map(\.y) }
    let (minY, maxY) = (max(0, (ys.min() ?? 0) - 0.02), min(1, (ys.max() ?? 1) + 0.02))
    func column(_ x: Double) -> Int {
      maxX > minX ? Int(((log(x) - log(minX)) / (log(maxX) - log(minX)) * Double(width - 1)).rounded()) : 0
    }
    func row(_ y: Double) -> Int { Int(((maxY - y) / max(maxY - minY, 1e-9) * Double(height - 1)).rounded()) }

    var cells = Array(repeating: [Character](repeating: " ", count: width), count: height)
    for (index, series) in chart.series.enumerated() {
      let mark = Self.marks[index % Self.marks.count]
      if series.isLevel, let level = series.points.first {
        for column in stride(from: 0, to: width, by: 2) where cells[row(level.y)][column] == " " {
          cells[row(level.y)][column] = "╌"
        }
        cells[row(level.y)][width - 1] = mark
        continue
      }
      for (from, to) in zip(series.points, series.points.dropFirst()) {
        let (a, b) = (column(from.x), column(to.x))
        for place in a..<max(b, a) where cells[row(from.y)][place] == " " || place == a {
          let share = Double(place - a) / Double(b - a)
          let at = row(from.y + (to.y - from.y) * share)
          if cells[at][place] == " " { cells[at][place] = "·" }
        }
      }
      for point in series.points { cells[row(point.y)][column(point.x)] = mark }
    }

    var lines = [chart.title]
    for (index, row) in cells.enumerated() {
      let value = maxY - (maxY - minY) * Double(index) / Double(height - 1)
      let label = index % 3 == 0 || index == height - 1 ? "\(Int((value * 100).rounded())) %" : ""
      lines.append(pad(label, to: 6) + " ┤" + String(row))
    }
    lines.append(String(repeating: " ", count: 7) + "└" + String(repeating: "─", count: width))
    var axis = [Character](repeating: " ", count: width + 4)
    for x in Set(points.map(\.x)).sorted() {
      let text = Array(x == x.rounded() && x < 1e6 ? String(Int(x)) : String(format: "%.0e", x))
      let start = column(x)
      guard axis[max(start - 1, 0)..<min(start + text.count + 1, axis.count)].allSatisfy({ $0 == " " }) else {
        continue
      }
      for (offset, character) in text.enumerated() where start + offset < axis.count {
        axis[start + offset] = character
      }
    }
    lines.append(String(repeating: " ", count: 8) + String(axis) + " " + chart.xLabel)
    for (index, series) in chart.series.enumerated() {
      lines.append("        \(Self.marks[index % Self.marks.count]) \(series.name)")
    }
    return lines.map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
