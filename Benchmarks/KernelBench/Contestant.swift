import PonderCore

/// One way to store and multiply a matrix.
struct Contestant {
  let name: String
  let matrix: WeightMatrix

  /// Bytes read for one product.
  var byteCount: Int { matrix.panels?.byteCount ?? matrix.byteCount }

  static func all(rows: Int, columns: Int) throws -> [Contestant] {
    func stored(_ format: WeightFormat, _ backend: MatrixBackend = .kernels) throws -> WeightMatrix {
      try WeightMatrix(
        format: format, rows: rows, columns: columns,
        storage: randomStorage(format, rows: rows, columns: columns), backend: backend)
    }
    var all = [
      Contestant(name: "F32 OpenBLAS", matrix: try stored(.f32, .openBLAS)),
      Contestant(name: "F32", matrix: try stored(.f32)),
      Contestant(name: "F16", matrix: try stored(.f16)),
      Contestant(name: "BF16", matrix: try stored(.bf16)),
      Contestant(name: "Q8_0 not packed", matrix: try stored(.q8_0)),
    ]
    for format in [WeightFormat.q8_0, .q6_K, .q5_K, .q4_K, .q4_0] {
      all.append(Contestant(name: "\(format) packed", matrix: try stored(format).packed()))
    }
    return all
  }

  /// One product of `count` rows.
  func seconds(count: Int, pool: ThreadPool?) -> Double {
    let x = (0..<count * matrix.columns).map { Float($0 % 97) / 97 - 0.5 }
    var out = [Float](repeating: 0, count: count * matrix.rows)
    return out.withUnsafeMutableBufferPointer { out in
      let target = Target(pointer: out.baseAddress!)
      let clock = ContinuousClock()
      let start = clock.now
      if let panels = matrix.panels {
        // Once for all tiles, as a forward pass does.
        let rounded = QuantizedActivations(x, count: count, columns: matrix.columns, kernels: .best)
        split(matrix.rows, over: pool) { rows in
          panels.multiply(rounded, outputRows: rows, into: target.pointer, outputStride: matrix.rows)
        }
      } else {
        split(matrix.rows, over: pool) { rows in
          matrix.multiply(x, count: count, outputRows: rows, into: target.pointer, outputStride: matrix.rows)
        }
      }
      return (clock.now - start) / .seconds(1)
    }
  }

  /// Two tiles at a time, as a forward pass splits large products.
  private func split(_ rows: Int, over pool: ThreadPool?, _ body: @Sendable (Range<Int>) -> Void) {
    let tile = 2 * WeightMatrix.outputTile
    let parts = (rows + tile - 1) / tile
    if let pool {
      pool.run(parts) { part in body(part * tile..<min(rows, (part + 1) * tile)) }
    } else {
      for part in 0..<parts { body(part * tile..<min(rows, (part + 1) * tile)) }
    }
  }

  /// Bytes that are finite, normal numbers in every format: no half-precision scale gets the exponent of infinity, and no
  /// float is so small that processors slow down, as Intel's do a hundredfold.
  private static func randomStorage(_ format: WeightFormat, rows: Int, columns: Int) -> WeightStorage {
    WeightStorage(byteCount: format.byteCount(rows: rows, columns: columns) ?? 0) { bytes in
      var state: UInt64 = 1
      for i in bytes.indices {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[i] = UInt8(truncatingIfNeeded: state >> 33) & 0x3b | 0x20
      }
    }
  }

  private struct Target: @unchecked Sendable {
    // Sendable: each thread writes its own output rows.
    let pointer: UnsafeMutablePointer<Float>
  }
}
