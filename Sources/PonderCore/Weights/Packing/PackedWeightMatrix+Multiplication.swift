extension PackedWeightMatrix {
  /// out[m, r] = Σ x[m, c]·w[r, c]; see `WeightMatrix.multiply`.
  package func multiply(
    _ x: UnsafePointer<Float>, count: Int, outputRows: Range<Int>, into out: UnsafeMutablePointer<Float>,
    outputStride: Int
  ) {
    let x = QuantizedActivations(x, count: count, columns: columns, kernels: kernels)
    multiply(x, outputRows: outputRows, into: out, outputStride: outputStride)
  }

  /// The same for activations that were quantized before by the same kernels.
  ///
  /// - Parameter out: [count, outputStride], pointing at row 0 whatever the range.
  package func multiply(
    _ x: QuantizedActivations, outputRows: Range<Int>, into out: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    require(
      outputRows.lowerBound >= 0 && outputRows.upperBound <= rows
        && outputRows.lowerBound.isMultiple(of: PackedLayout.panel) && x.columns == columns,
      "output rows \(outputRows) of weights [\(rows), \(columns)] with activations [\(x.count), \(x.columns)]")
    guard x.count > 0, !outputRows.isEmpty else { return }
    let first = outputRows.lowerBound / PackedLayout.panel
    withExtendedLifetime(panels) {
      multipliers.withUnsafeBufferPointer { multipliers in
        kernels.multiply(
          out + outputRows.lowerBound, outStride: outputStride, x: x,
          panels: panels.bytes.baseAddress! + first * layout.bytesPerPanel(columns: columns),
          multipliers: multipliers.baseAddress! + outputRows.lowerBound, layout: layout, rows: outputRows.count)
      }
    }
  }
}
