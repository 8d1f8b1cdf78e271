/// Why bytes cannot be taken for a weight matrix.
public enum WeightError: Error, Sendable, Equatable {
  /// A count of rows or columns is negative, or the matrix is larger than memory can address.
  case shape(format: WeightFormat, rows: Int, columns: Int)
  /// A row of `columns` weights is no whole number of the format's blocks.
  case columns(format: WeightFormat, columns: Int, elementsPerBlock: Int)
  /// The matrix takes `expected` bytes and was given `actual`.
  case byteCount(format: WeightFormat, rows: Int, columns: Int, expected: Int, actual: Int)
}

extension WeightError: CustomStringConvertible {
  /// One sentence with the format and the numbers at odds.
  public var description: String {
    switch self {
    case .shape(let format, let rows, let columns):
      "\(format) weights cannot have the shape [\(rows), \(columns)]"
    case .columns(let format, let columns, let elements):
      "a row of \(columns) weights is no whole number of \(format) blocks of \(elements)"
    case .byteCount(let format, let rows, let columns, let expected, let actual):
      "\(format) weights [\(rows), \(columns)] take \(expected) bytes, not \(actual)"
    }
  }
}
