extension WeightMatrix {
  /// All weights as floats [rows, columns], rounded exactly as GGML's reference does.
  public func dequantized() -> Tensor {
    let elements = [Float](unsafeUninitializedCapacity: rows * columns) { buffer, initialized in
      if columns > 0 {
        for row in 0..<rows {
          dequantizeRow(row, into: UnsafeMutableBufferPointer(rebasing: buffer[row * columns..<(row + 1) * columns]))
        }
      }
      initialized = rows * columns
    }
    return Tensor(shape: [rows, columns], elements: elements)
  }

  /// One row as floats, an embedding for example.
  ///
  /// - Parameter buffer: [columns].
  /// - Precondition: `row` is one of the matrix and the buffer holds `columns` elements.
  public func dequantizeRow(_ row: Int, into buffer: UnsafeMutableBufferPointer<Float>) {
    require(row >= 0 && row < rows, "row \(row) of weights [\(rows), \(columns)]")
    require(buffer.count == columns, "a row of \(columns) weights into a buffer of \(buffer.count)")
    guard let out = buffer.baseAddress, columns > 0 else { return }
    let source = pointer(toRow: row)
    withExtendedLifetime(storage) {
      switch format {
      case .f32:
        UnsafeMutableRawPointer(out).copyMemory(from: source, byteCount: bytesPerRow)
      case .f16:
        Kernels.best.widenF16(out, source.assumingMemoryBound(to: UInt16.self), columns)
      case .bf16:
        Kernels.best.widenBF16(out, source.assumingMemoryBound(to: UInt16.self), columns)
      default:
        ByteRows.withTemporary(rows: 1, columns: columns) { unpacked in
          Kernels.best.unpack(unpacked, row: source, format: format, columns: columns)
          Kernels.best.dequantize(out, row: unpacked, columns: columns)
        }
      }
    }
  }
}

extension ByteRows {
  /// Lends uninitialised memory for `rows` rows.
  static func withTemporary<Result>(rows: Int, columns: Int, _ body: (ByteRows) -> Result) -> Result {
    let groups = rows * (columns / Kernels.group)
    return withUnsafeTemporaryAllocation(of: Int8.self, capacity: rows * columns + 1) { bytes in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * groups + 1) { floats in
        let scales = floats.baseAddress!
        return body(ByteRows(bytes: bytes.baseAddress!, scales: scales, extras: scales + groups))
      }
    }
  }
}
