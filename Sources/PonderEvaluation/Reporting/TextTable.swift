/// A table in plain text, columns aligned by what is shown: numbers to the right, words to the left.
public struct TextTable: Sendable, Hashable, CustomStringConvertible {
  /// Which side of a column its cells stand at.
  public enum Alignment: Sendable, Hashable {
    /// Words.
    case left
    /// Numbers.
    case right
  }

  /// The columns' titles.
  public let header: [String]
  /// The columns' alignments.
  public let alignments: [Alignment]
  /// The rows; each has as many cells as the header.
  public private(set) var rows: [[String]] = []

  /// Makes an empty table; without `alignments` the first column stands left and the others right.
  public init(_ header: [String], alignments: [Alignment]? = nil) {
    let alignments = alignments ?? header.indices.map { $0 == 0 ? .left : .right }
    precondition(alignments.count == header.count, "\(header.count) columns, \(alignments.count) alignments")
    self.header = header
    self.alignments = alignments
  }

  /// Adds a row with as many cells as the header.
  public mutating func append(_ row: [String]) {
    precondition(row.count == header.count, "\(header.count) columns, \(row.count) cells")
    rows.append(row)
  }

  /// The table, lines without trailing space, no line break at its end.
  public var description: String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return alignments[column] == .left ? cells[column] + space : space + cells[column]
      }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }
    let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
    return ([line(header), rule] + rows.map(line)).joined(separator: "\n")
  }
}
