/// A weight matrix in the layout that the integer kernels of one instruction set read fastest: panels of 32 output
/// channels, for each group of 32 inputs the channels' integers side by side, then their scales.
///
/// Products take 8-bit activations and accumulate in single precision, group after group, in one order for any number
/// of rows: alone, in a batch, or split at multiples of `WeightMatrix.outputTile`, a row has the same bits.
package struct PackedWeightMatrix: Sendable {
  /// Output channels.
  package let rows: Int
  /// Inputs, a multiple of 32.
  package let columns: Int
  /// How the weights lie.
  package let layout: PackedLayout
  /// What packed them and can read them.
  package let kernels: Kernels
  let panels: WeightStorage
  /// A power of two per channel, in whole panels: keeps half-precision scales away from both ends of their range.
  let multipliers: [Float]

  /// Packs weights of any format, one panel at a time.
  ///
  /// - Parameter layout: By default the one that keeps the format's integers; others quantize anew.
  /// - Throws: `WeightError.columns` when a row is no multiple of 32.
  package init(
    _ matrix: WeightMatrix, layout wanted: PackedLayout? = nil, kernels: Kernels = .best
  ) throws(WeightError) {
    guard matrix.columns.isMultiple(of: 32) else {
      throw .columns(format: matrix.format, columns: matrix.columns, elementsPerBlock: 32)
    }
    let stored = PackedLayout(matrix.format)
    let layout = wanted ?? stored ?? .int8
    rows = matrix.rows
    columns = matrix.columns
    self.layout = layout
    self.kernels = kernels
    let panelCount = (rows + PackedLayout.panel - 1) / PackedLayout.panel
    let panelBytes = layout.bytesPerPanel(columns: columns)
    var multipliers = [Float](repeating: 1, count: panelCount * PackedLayout.panel)
    panels = WeightStorage(byteCount: panelCount * panelBytes) { memory in
      guard let start = memory.baseAddress, matrix.columns > 0 else { return }
      ByteRows.withTemporary(rows: PackedLayout.panel, columns: matrix.columns) { unpacked in
        for panel in 0..<panelCount {
          let first = panel * PackedLayout.panel
          let channels = first..<min(first + PackedLayout.panel, matrix.rows)
          for row in channels {
            let place = unpacked.advanced(by: row - first, columns: matrix.columns)
            if layout == stored {
              kernels.unpack(
                place, row: matrix.pointer(toRow: row), format: matrix.format, columns: matrix.columns)
            } else {
              matrix.quantizeRow(row, layout, into: place, kernels)
            }
            multipliers[row] = Self.multiplier(of: place, columns: matrix.columns)
          }
          multipliers.withUnsafeBufferPointer {
            kernels.pack(
              start + panel * panelBytes, unpacked, multipliers: $0.baseAddress! + first, layout: layout,
              rows: channels.count, columns: matrix.columns)
          }
        }
      }
    }
    self.multipliers = multipliers
  }

  /// Bytes that the panels take.
  package var byteCount: Int { panels.bytes.count }

  /// Half precision is exact between 2⁻¹⁴ and 2¹⁶, so the largest scale goes to 2⁸, the middle of what is left.
  private static func multiplier(of row: ByteRows, columns: Int) -> Float {
    var largest: Float = 0
    for group in 0..<columns / Kernels.group {
      largest = max(largest, row.scales[group].magnitude, row.extras[group].magnitude)
    }
    guard largest.isFinite, largest >= 0x1p-100 else { return 1 }
    return Float(sign: .plus, exponent: largest.exponent - 8, significand: 1)
  }
}

extension WeightMatrix {
  /// One row rounded to 8 or 4 bits per 32 neighbours.
  fileprivate func quantizeRow(_ row: Int, _ layout: PackedLayout, into out: ByteRows, _ kernels: Kernels) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { floats in
      dequantizeRow(row, into: floats)
      if layout.bits == 8 {
        kernels.quantize(out, floats.baseAddress!, columns)
      } else {
        kernels.quantizeToFourBits(out, floats.baseAddress!, columns)
      }
      // Neither layout has offsets.
      out.extras.update(repeating: 0, count: columns / Kernels.group)
    }
  }
}
