extension Tensor: CustomStringConvertible {
  /// The shape, then the elements in brackets, columns aligned, the middle of long axes left out:
  ///
  ///     Tensor [2, 3]
  ///     [[ 1.0,  2.5, -3.0],
  ///      [ 0.0,  0.1, 12.0]]
  public var description: String {
    let cells = Dictionary(
      uniqueKeysWithValues: shownOffsets(axis: 0, start: 0).map { ($0, Tensor.text(elements[$0])) })
    let width = cells.values.map(\.count).max() ?? 0
    let body = text(axis: 0, start: 0) { offset in
      let cell = cells[offset] ?? ""
      return String(repeating: " ", count: width - cell.count) + cell
    }
    return "Tensor \(shape)\n\(body)"
  }

  /// An axis longer than 8 shows its first and last three.
  private func shownIndices(axis: Int) -> [Int] {
    let length = shape[axis]
    return length <= 8 ? Array(0..<length) : Array(0..<3) + Array(length - 3..<length)
  }

  private func shownOffsets(axis: Int, start: Int) -> [Int] {
    if axis == rank { return [start] }
    return shownIndices(axis: axis).flatMap { shownOffsets(axis: axis + 1, start: start + $0 * stride(of: axis)) }
  }

  private func text(axis: Int, start: Int, cell: (Int) -> String) -> String {
    if axis == rank { return cell(start) }
    var parts = shownIndices(axis: axis).map { text(axis: axis + 1, start: start + $0 * stride(of: axis), cell: cell) }
    if shape[axis] > 8 { parts.insert("…", at: 3) }
    let isInnermost = axis == rank - 1
    let separator = isInnermost ? ", " : ",\n" + String(repeating: " ", count: axis + 1)
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// Four places after the point where that says something, otherwise the shortest exact text.
  private static func text(_ value: Float) -> String {
    let magnitude = value.magnitude
    guard value != 0, magnitude >= 1e-3, magnitude < 1e6 else { return "\(value)" }
    let rounded = (Double(value) * 1e4).rounded() / 1e4
    return "\(rounded)"
  }
}
