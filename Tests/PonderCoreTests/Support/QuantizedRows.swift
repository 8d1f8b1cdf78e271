import PonderCore

/// `ByteRows` with memory of its own.
struct QuantizedRows {
  var bytes: [Int8]
  var scales: [Float]
  var extras: [Float]

  init(count: Int) {
    bytes = Array(repeating: 0, count: count)
    scales = Array(repeating: 0, count: count / 16)
    extras = Array(repeating: 0, count: count / 16)
  }

  init(_ x: [Float], _ kernels: Kernels) {
    self.init(count: x.count)
    withRows { kernels.quantize($0, x, x.count) }
  }

  init(unpacking row: [UInt8], _ format: WeightFormat, _ columns: Int, _ kernels: Kernels) {
    self.init(count: columns)
    withRows { rows in
      row.withUnsafeBytes { kernels.unpack(rows, row: $0.baseAddress!, format: format, columns: columns) }
    }
  }

  init(bytes: [Int8], scale: Float) {
    self.init(count: bytes.count)
    self.bytes = bytes
    scales = scales.map { _ in scale }
  }

  /// Any bytes, −128 included, with random scales and extras.
  init(random rows: Int, _ columns: Int, seed: UInt64) {
    self.init(count: rows * columns)
    var generator = SplitMix64(seed)
    bytes = bytes.map { _ in Int8.random(in: -128...127, using: &generator) }
    scales = generator.floats(scales.count)
    extras = generator.floats(extras.count)
  }

  mutating func withRows<Result>(_ body: (ByteRows) -> Result) -> Result {
    bytes.withUnsafeMutableBufferPointer { bytes in
      scales.withUnsafeMutableBufferPointer { scales in
        extras.withUnsafeMutableBufferPointer { extras in
          body(ByteRows(bytes: bytes.baseAddress!, scales: scales.baseAddress!, extras: extras.baseAddress!))
        }
      }
    }
  }

  /// These as weights, [rows, columns], times `x`, [count, columns].
  func product(
    with x: QuantizedRows, count: Int, rows: Int, columns: Int, hasOffsets: Bool, _ kernels: Kernels
  ) -> [Float] {
    var (weights, activations) = (self, x)
    var out = [Float](repeating: .nan, count: count * rows)
    weights.withRows { weights in
      activations.withRows { activations in
        kernels.multiply(
          &out, outStride: rows, x: activations, count: count, weights: weights, hasOffsets: hasOffsets, rows: rows,
          columns: columns)
      }
    }
    return out
  }

  func dequantized(_ columns: Int, _ kernels: Kernels) -> [Float] {
    var rows = self
    var out = [Float](repeating: .nan, count: columns)
    rows.withRows { kernels.dequantize(&out, row: $0, columns: columns) }
    return out
  }
}
