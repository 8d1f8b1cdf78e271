internal import CPonderKernels

/// How weights lie in the panels of the packed kernels: bits, inputs per scale, offsets.
///
/// Every quantized format has one that keeps its integers as they are. Scales and offsets are kept in half precision:
/// exactly where the format stores them so (unless they are 2²² times smaller than the largest of their channel),
/// otherwise (K-quants, IQ4_XS) within 2⁻¹¹ of their value.
package struct PackedLayout: Sendable, Hashable {
  /// 8 or 4.
  package let bits: Int
  /// Inputs that share a scale: 32 or 16.
  package let inputsPerScale: Int
  /// Whether weight = scale·q − offset has an offset.
  package let hasOffsets: Bool

  /// 8 bits, one scale per 32.
  package static let int8 = PackedLayout(bits: 8, inputsPerScale: 32, hasOffsets: false)
  /// 4 bits, one scale per 32.
  package static let int4 = PackedLayout(bits: 4, inputsPerScale: 32, hasOffsets: false)

  /// Output channels in a panel.
  static let panel = 32

  private init(bits: Int, inputsPerScale: Int, hasOffsets: Bool) {
    self.bits = bits
    self.inputsPerScale = inputsPerScale
    self.hasOffsets = hasOffsets
  }

  /// The layout of a quantized format; nil for floats.
  package init?(_ format: WeightFormat) {
    guard !format.isFloat else { return nil }
    let isFourBits = [.q4_0, .q4_1, .q4_K].contains(format)
    let hasSmallGroups = [.q2_K, .q3_K, .q6_K].contains(format)
    self.init(bits: isFourBits ? 4 : 8, inputsPerScale: hasSmallGroups ? 16 : 32, hasOffsets: format.hasOffsets)
  }

  /// Bytes of a panel over `columns` inputs.
  func bytesPerPanel(columns: Int) -> Int {
    let scales = Self.panel * 2 * (32 / inputsPerScale) * (hasOffsets ? 2 : 1)
    return columns / 32 * (Self.panel * 32 * bits / 8 + scales)
  }

  /// The number that the C kernels know it by.
  var code: Int32 {
    Int32(
      (bits == 8 ? PK_PACKED_8 : PK_PACKED_4) | (inputsPerScale == 16 ? PK_PACKED_HALVES : 0)
        | (hasOffsets ? PK_PACKED_OFFSETS : 0))
  }
}
