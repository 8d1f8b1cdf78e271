/// Rows of activations in 8 bits per 32 neighbours, ready for packed weights.
///
/// Quantized once, they can meet several matrices on several threads.
package struct QuantizedActivations {
  /// [count, columns].
  let bytes: UnsafeMutablePointer<Int8>
  /// [count, columns/32].
  let scales: UnsafeMutablePointer<Float>
  /// [count, columns/16]: sums of the bytes.
  let sums: UnsafeMutablePointer<Int32>
  /// Rows.
  package let count: Int
  /// Elements of a row.
  package let columns: Int

  /// Lends `x`, [count, columns], quantized.
  ///
  /// - Precondition: `columns` is a multiple of 32.
  package static func with<Result>(
    _ x: UnsafePointer<Float>, count: Int, columns: Int, kernels: Kernels, _ body: (QuantizedActivations) -> Result
  ) -> Result {
    require(columns.isMultiple(of: 32), "\(columns) activations are no whole number of groups of 32")
    let groups = count * (columns / 32)
    return withUnsafeTemporaryAllocation(of: Int8.self, capacity: count * columns + 1) { bytes in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: groups + 1) { scales in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * groups + 1) { sums in
          let activations = QuantizedActivations(
            bytes: bytes.baseAddress!, scales: scales.baseAddress!, sums: sums.baseAddress!, count: count,
            columns: columns)
          // Rows follow each other without a gap in every part, so one call does them all.
          kernels.quantize(activations, x)
          return body(activations)
        }
      }
    }
  }
}
