internal import CPonderBLAS

/// OpenBLAS's thread setting.
enum BLAS {
  /// OpenBLAS splits a product over its threads in ways that change its rounding, and Ponder splits work itself: one
  /// thread, set once for the process, before the first call.
  static let useOneThread: Void = openblas_set_num_threads(1)
}

extension WeightMatrix {
  /// Rows of activations in every call of `sgemm`, missing ones zero.
  static let activationTile = 16

  /// `sgemm` chooses its inner loops, and with them the order of its sums, by the shape of the product and by the
  /// place in it. Every call here has one shape, weights [64, columns] × activations [columns, 16], short tiles filled
  /// up with zeros. Activations are the second operand because OpenBLAS then holds them in the lanes of its registers,
  /// and all lanes are treated alike; as first operand of 16 rows their places differ on Haswell and Zen.
  ///
  /// F16 and BF16 are widened one panel of 64 rows at a time.
  func multiplyOpenBLAS(
    _ x: UnsafePointer<Float>, _ count: Int, _ outputRows: Range<Int>, _ out: UnsafeMutablePointer<Float>,
    _ outputStride: Int, _ kernels: Kernels
  ) {
    BLAS.useOneThread
    let activations = Self.activationTile
    let panel = Self.outputTile
    let temporaries = (activations + panel) * columns + activations * panel + 1
    withUnsafeTemporaryAllocation(of: Float.self, capacity: temporaries) { memory in
      let paddedX = memory.baseAddress!
      let widened = paddedX + activations * columns
      let product = widened + panel * columns
      for first in stride(from: outputRows.lowerBound, to: outputRows.upperBound, by: panel) {
        let available = min(panel, rows - first)
        let wanted = min(panel, outputRows.upperBound - first)
        let weights = floats(ofRows: first, available, widened: widened, kernels)
        for m in stride(from: 0, to: count, by: activations) {
          let filled = min(activations, count - m)
          var source = x + m * columns
          if filled < activations {
            paddedX.update(from: source, count: filled * columns)
            (paddedX + filled * columns).update(repeating: 0, count: (activations - filled) * columns)
            source = UnsafePointer(paddedX)
          }
          cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(panel), Int32(activations), Int32(columns), 1, weights,
            Int32(columns), source, Int32(columns), 0, product, Int32(activations))
          for row in 0..<filled {
            let to = out + (m + row) * outputStride + first
            for r in 0..<wanted { to[r] = product[r * activations + row] }
          }
        }
      }
    }
  }

  /// 64 rows of floats from `first` on: in place where they are, otherwise in `widened`, filled up with zeros.
  private func floats(
    ofRows first: Int, _ available: Int, widened: UnsafeMutablePointer<Float>, _ kernels: Kernels
  ) -> UnsafePointer<Float> {
    let source = pointer(toRow: first)
    let count = available * columns
    if format == .f32 && available == Self.outputTile { return source.assumingMemoryBound(to: Float.self) }
    switch format {
    case .f16: kernels.widenF16(widened, source.assumingMemoryBound(to: UInt16.self), count)
    case .bf16: kernels.widenBF16(widened, source.assumingMemoryBound(to: UInt16.self), count)
    default: widened.update(from: source.assumingMemoryBound(to: Float.self), count: count)
    }
    (widened + count).update(repeating: 0, count: (Self.outputTile - available) * columns)
    return UnsafePointer(widened)
  }
}
