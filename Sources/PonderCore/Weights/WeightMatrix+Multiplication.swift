extension WeightMatrix {
  /// out[m, r] = Σ x[m, c]·w[r, c] for the output rows of a range, so that a caller can split work over threads.
  ///
  /// Runs on the calling thread. Quantized weights meet activations quantized to 8 bits per 32 neighbours.
  ///
  /// - Parameters:
  ///   - x: [count, columns].
  ///   - outputRows: The rows to compute. The same bits come out of any split at multiples of `outputTile`.
  ///   - out: [count, outputStride]; element (m, r) is `out[m * outputStride + r]`, so it points at row 0, not at the
  ///     first row of the range.
  ///   - outputStride: Distance between rows of activations in `out`, usually `rows`.
  /// - Precondition: The range lies in the rows and starts at a multiple of `outputTile`.
  public func multiply(
    _ x: UnsafePointer<Float>, count: Int, outputRows: Range<Int>, into out: UnsafeMutablePointer<Float>,
    outputStride: Int
  ) {
    multiply(x, count: count, outputRows: outputRows, into: out, outputStride: outputStride, kernels: .best)
  }

  /// The product of activations with all weights: [..., columns] → [..., rows].
  ///
  /// - Precondition: The last axis of `x` has `columns` elements.
  public func multiply(_ x: Tensor) -> Tensor {
    require(
      x.shape.last == columns, "activations \(x.shape) with weights [\(rows), \(columns)] (output × input)")
    let count = x.shape.dropLast().reduce(1, *)
    let elements = [Float](unsafeUninitializedCapacity: count * rows) { out, initialized in
      x.elements.withUnsafeBufferPointer { x in
        if let x = x.baseAddress, let out = out.baseAddress {
          multiply(x, count: count, outputRows: 0..<rows, into: out, outputStride: rows)
        } else {
          out.initialize(repeating: 0)
        }
      }
      initialized = count * rows
    }
    return Tensor(shape: x.shape.dropLast() + [rows], elements: elements)
  }

  /// The same with kernels of a chosen instruction set; packed weights stay with those that packed them.
  package func multiply(
    _ x: UnsafePointer<Float>, count: Int, outputRows: Range<Int>, into out: UnsafeMutablePointer<Float>,
    outputStride: Int, kernels: Kernels
  ) {
    require(
      outputRows.lowerBound >= 0 && outputRows.upperBound <= rows
        && outputRows.lowerBound.isMultiple(of: Self.outputTile),
      "output rows \(outputRows) of weights [\(rows), \(columns)] in tiles of \(Self.outputTile)")
    require(
      count >= 0 && (count <= 1 || outputStride >= outputRows.count),
      "\(count) rows of activations into rows of \(outputStride) for output rows \(outputRows)")
    guard count > 0, !outputRows.isEmpty else { return }
    if let panels {
      panels.multiply(x, count: count, outputRows: outputRows, into: out, outputStride: outputStride)
      return
    }
    withExtendedLifetime(storage) {
      if !format.isFloat {
        multiplyQuantized(x, count, outputRows, out, outputStride, kernels)
      } else if backend == .openBLAS {
        multiplyOpenBLAS(x, count, outputRows, out, outputStride, kernels)
      } else {
        kernels.multiply(
          out + outputRows.lowerBound, outStride: outputStride, x: x, count: count,
          weights: pointer(toRow: outputRows.lowerBound), format: format, rows: outputRows.count, columns: columns)
      }
    }
  }

  /// Rows are unpacked four at a time and met by every row of activations: slower than packed weights, and without
  /// memory of their own.
  private func multiplyQuantized(
    _ x: UnsafePointer<Float>, _ count: Int, _ outputRows: Range<Int>, _ out: UnsafeMutablePointer<Float>,
    _ outputStride: Int, _ kernels: Kernels
  ) {
    ByteRows.withTemporary(rows: count, columns: columns) { activations in
      for m in 0..<count {
        kernels.quantize(activations.advanced(by: m, columns: columns), x + m * columns, columns)
      }
      let tile = 4
      ByteRows.withTemporary(rows: tile, columns: columns) { panel in
        for first in stride(from: outputRows.lowerBound, to: outputRows.upperBound, by: tile) {
          let tileRows = min(tile, outputRows.upperBound - first)
          for row in 0..<tileRows {
            kernels.unpack(
              panel.advanced(by: row, columns: columns), row: pointer(toRow: first + row), format: format,
              columns: columns)
          }
          kernels.multiply(
            out + first, outStride: outputStride, x: activations, count: count, weights: panel,
            hasOffsets: format.hasOffsets, rows: tileRows, columns: columns)
        }
      }
    }
  }
}
