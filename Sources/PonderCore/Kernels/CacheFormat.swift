internal import CPonderKernels

/// How the key-value cache stores its numbers.
///
/// Everything that attention reads has been rounded to it, the tokens of the current step included, so results do not
/// depend on what was cached. Each format is held to the determinism contract by itself.
public enum CacheFormat: String, Sendable, Hashable, CaseIterable, Codable {
  /// 32-bit floats: exact, twice the memory of ``f16``.
  case f32
  /// IEEE 754 half precision, rounded to nearest even: relative error ≤ 2⁻¹¹. Magnitudes above 65504 become infinite.
  case f16
  /// Bytes with one 32-bit scale per head and position, for keys and for values: error ≤ 1/254 of the largest magnitude
  /// among the head's elements.
  case int8

  /// Bytes of one panel: keys and values of 16 positions of one head.
  package func bytesPerPanel(dimension: Int) -> Int {
    let elements = 2 * Int(PK_PANEL) * dimension
    return switch self {
    case .f32: 4 * elements
    case .f16: 2 * elements
    case .int8: elements + 2 * Int(PK_PANEL) * MemoryLayout<Float>.stride
    }
  }

  var code: Int32 {
    switch self {
    case .f32: Int32(PK_CACHE_F32)
    case .f16: Int32(PK_CACHE_F16)
    case .int8: Int32(PK_CACHE_8)
    }
  }
}
