internal import CPonderKernels

extension Kernels {
  /// `x`, [count, columns], to 8 bits; a non-finite element makes its 32 NaN.
  func quantize(_ out: QuantizedActivations, _ x: UnsafePointer<Float>) {
    table.pointee.quantize_packed(out.bytes, out.scales, out.sums, x, out.count * out.columns)
  }

  /// `n` weights, a multiple of 32, to −8…7; leaves the extras.
  func quantizeToFourBits(_ out: ByteRows, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.quantize_four(out.bytes, out.scales, x, n)
  }

  /// At most 32 unpacked rows to a panel.
  func pack(
    _ panel: UnsafeMutableRawPointer, _ unpacked: ByteRows, multipliers: UnsafePointer<Float>, layout: PackedLayout,
    rows: Int, columns: Int
  ) {
    table.pointee.pack(
      panel, unpacked.bytes, unpacked.scales, unpacked.extras, multipliers, layout.code, rows, columns)
  }

  /// out[m·outStride + r] for the first `rows` channels of consecutive panels.
  func multiply(
    _ out: UnsafeMutablePointer<Float>, outStride: Int, x: QuantizedActivations, panels: UnsafeRawPointer,
    multipliers: UnsafePointer<Float>, layout: PackedLayout, rows: Int
  ) {
    table.pointee.matmul_packed(
      out, outStride, x.bytes, x.scales, x.sums, x.count, panels, multipliers, layout.code, rows, x.columns)
  }
}
