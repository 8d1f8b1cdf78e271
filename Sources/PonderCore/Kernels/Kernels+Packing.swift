internal import CPonderKernels

extension Kernels {
  /// `n` activations, a multiple of 32, to bytes with a scale per 32 and a sum of bytes per 16; a non-finite element
  /// makes its 32 NaN.
  func quantize(
    _ bytes: UnsafeMutablePointer<Int8>, scales: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Int32>,
    _ x: UnsafePointer<Float>, _ n: Int
  ) {
    table.pointee.quantize_packed(bytes, scales, sums, x, n)
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
