/// Rows of activations in 8 bits per 32 neighbours, ready for packed weights.
///
/// Quantized once, they can meet several matrices on several threads.
package final class QuantizedActivations: @unchecked Sendable {
  // Sendable: threads write different parts, and nobody reads before all is written.

  /// Rows.
  package let count: Int
  /// Elements of a row, a multiple of 32.
  package let columns: Int
  /// [count, columns].
  let bytes: UnsafeMutablePointer<Int8>
  /// [count, columns/32].
  let scales: UnsafeMutablePointer<Float>
  /// [count, columns/16]: sums of the bytes.
  let sums: UnsafeMutablePointer<Int32>

  /// Room for rows that are still to be quantized.
  ///
  /// - Precondition: `columns` is a multiple of 32.
  package init(count: Int, columns: Int) {
    require(columns.isMultiple(of: 32), "\(columns) activations are no whole number of groups of 32")
    self.count = count
    self.columns = columns
    bytes = .allocate(capacity: max(1, count * columns))
    scales = .allocate(capacity: max(1, count * (columns / 32)))
    sums = .allocate(capacity: max(1, count * (columns / 16)))
  }

  /// All rows of `x`, [count, columns].
  package convenience init(_ x: UnsafePointer<Float>, count: Int, columns: Int, kernels: Kernels) {
    self.init(count: count, columns: columns)
    // Rows follow each other without a gap in every part, so one call does them all.
    kernels.quantize(bytes, scales: scales, sums: sums, x, count * columns)
  }

  deinit {
    bytes.deallocate()
    scales.deallocate()
    sums.deallocate()
  }

  /// Some columns of one row; a non-finite element makes its 32 NaN.
  ///
  /// - Precondition: the range begins and ends at multiples of 32.
  package func quantize(_ x: UnsafePointer<Float>, row: Int, columns range: Range<Int>, kernels: Kernels = .best) {
    require(
      row >= 0 && row < count && range.lowerBound >= 0 && range.upperBound <= columns
        && range.lowerBound.isMultiple(of: 32) && range.count.isMultiple(of: 32),
      "columns \(range) of row \(row) in activations [\(count), \(columns)]")
    let start = row * columns + range.lowerBound
    kernels.quantize(bytes + start, scales: scales + start / 32, sums: sums + start / 16, x, range.count)
  }
}
