internal import CPonderKernels

// MARK: - Conversions, rounding to nearest even

extension Kernels {
  /// IEEE half precision to single.
  package func widenF16(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<UInt16>, _ n: Int) {
    table.pointee.widen_f16(out, x, n)
  }

  /// bfloat16 to single.
  package func widenBF16(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<UInt16>, _ n: Int) {
    table.pointee.widen_bf16(out, x, n)
  }

  /// Single to IEEE half precision; what is too large becomes infinite.
  package func narrowF16(_ out: UnsafeMutablePointer<UInt16>, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.narrow_f16(out, x, n)
  }

  /// Single to bfloat16.
  package func narrowBF16(_ out: UnsafeMutablePointer<UInt16>, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.narrow_bf16(out, x, n)
  }
}

// MARK: - Products

/// Rows in signed bytes with a scale for each group of 16 neighbours: quantized activations or unpacked weights.
package struct ByteRows {
  /// [rows, columns].
  package let bytes: UnsafeMutablePointer<Int8>
  /// [rows, columns/16].
  package let scales: UnsafeMutablePointer<Float>
  /// [rows, columns/16]: scale·Σ bytes of a group for activations, the subtracted offset for weights.
  package let extras: UnsafeMutablePointer<Float>

  /// Gathers the three parts.
  package init(
    bytes: UnsafeMutablePointer<Int8>, scales: UnsafeMutablePointer<Float>, extras: UnsafeMutablePointer<Float>
  ) {
    self.bytes = bytes
    self.scales = scales
    self.extras = extras
  }

  /// The rows from `row` on.
  package func advanced(by row: Int, columns: Int) -> ByteRows {
    let groups = row * (columns / Kernels.group)
    return ByteRows(bytes: bytes + row * columns, scales: scales + groups, extras: extras + groups)
  }
}

extension Kernels {
  /// out[m·outStride + r] = Σ x[m, c]·w[r, c] for weights in F32, F16 or BF16, any alignment.
  package func multiply(
    _ out: UnsafeMutablePointer<Float>, outStride: Int, x: UnsafePointer<Float>, count: Int,
    weights: UnsafeRawPointer, format: WeightFormat, rows: Int, columns: Int
  ) {
    switch format {
    case .f32: table.pointee.matmul_f32(out, outStride, x, count, weights, rows, columns)
    case .f16: table.pointee.matmul_f16(out, outStride, x, count, weights, rows, columns)
    case .bf16: table.pointee.matmul_bf16(out, outStride, x, count, weights, rows, columns)
    default: fatalError("\(format) has no float product")
    }
  }

  /// One row of quantized blocks to bytes, scales and offsets.
  package func unpack(_ out: ByteRows, row: UnsafeRawPointer, format: WeightFormat, columns: Int) {
    let known = table.pointee.unpack(
      out.bytes, out.scales, out.extras, Int32(format.ggmlType), row, columns)
    require(known == 1, "\(format) has no blocks to unpack")
  }

  /// The weights of an unpacked row, rounded as GGML's reference does.
  package func dequantize(_ out: UnsafeMutablePointer<Float>, row: ByteRows, columns: Int) {
    table.pointee.dequantize(out, row.bytes, row.scales, row.extras, columns)
  }

  /// `n` activations, a multiple of 32, to 8 bits with a scale per 32. A non-finite one makes its 32 NaN.
  package func quantize(_ out: ByteRows, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.quantize(out.bytes, out.scales, out.extras, x, n)
  }

  /// out[m·outStride + r] from unpacked weight rows and quantized activations.
  package func multiply(
    _ out: UnsafeMutablePointer<Float>, outStride: Int, x: ByteRows, count: Int, weights: ByteRows,
    hasOffsets: Bool, rows: Int, columns: Int
  ) {
    table.pointee.matmul_q8(
      out, outStride, x.bytes, x.scales, x.extras, count, weights.bytes, weights.scales,
      hasOffsets ? UnsafePointer(weights.extras) : nil, rows, columns)
  }
}
