import PonderCore

extension WeightFormat {
  /// Where the half-precision scales of a block lie.
  var scaleOffsets: [Int] {
    switch self {
    case .f32, .f16, .bf16: []
    case .q8_0, .q4_0, .q5_0, .iq4_NL, .iq4_XS: [0]
    case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
    case .q2_K: [80, 82]
    case .q3_K: [108]
    case .q6_K: [208]
    }
  }

  /// Random bytes of rows whose scales are ordinary numbers: every bit pattern of the rest can occur.
  func randomBytes(rows: Int, columns: Int, seed: UInt64) -> [UInt8] {
    var generator = SplitMix64(seed)
    let values = generator.floats(rows * columns)
    switch self {
    case .f32: return values.withUnsafeBytes { Array($0) }
    case .f16: return values.map { Float16($0).bitPattern }.withUnsafeBytes { Array($0) }
    case .bf16: return values.map { UInt16($0.bitPattern >> 16) }.withUnsafeBytes { Array($0) }
    default: break
    }
    let blocks = rows * columns / elementsPerBlock
    var bytes = (0..<blocks * bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for block in 0..<blocks {
      for offset in scaleOffsets {
        let scale = Float16(Float.random(in: 0.001...0.02, using: &generator) * (block % 3 == 0 ? -1 : 1)).bitPattern
        bytes[block * bytesPerBlock + offset] = UInt8(scale & 255)
        bytes[block * bytesPerBlock + offset + 1] = UInt8(scale >> 8)
      }
    }
    return bytes
  }

  func randomMatrix(
    rows: Int, columns: Int, seed: UInt64, backend: MatrixBackend = .kernels
  ) throws -> WeightMatrix {
    let bytes = randomBytes(rows: rows, columns: columns, seed: seed)
    return try WeightMatrix(
      format: self, rows: rows, columns: columns,
      storage: bytes.withUnsafeBytes { WeightStorage(copying: $0) }, backend: backend)
  }
}

extension WeightMatrix {
  /// The product of `count` rows, [count, rows], by the pointer interface.
  func product(
    _ x: [Float], count: Int, outputRows: [Range<Int>]? = nil, kernels: Kernels = .best
  ) -> [Float] {
    var out = [Float](repeating: .nan, count: count * rows)
    for range in outputRows ?? [0..<rows] {
      out.withUnsafeMutableBufferPointer { out in
        multiply(x, count: count, outputRows: range, into: out.baseAddress!, outputStride: rows, kernels: kernels)
      }
    }
    return out
  }
}
