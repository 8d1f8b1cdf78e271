import PonderCore

/// Rows that linear layers read, [rows, width]: floats, the same in 8 bits for packed weights, or both, as the layers
/// need. Rounded once, whatever the number of layers and threads.
package final class LinearInput: @unchecked Sendable {
  // Sendable: threads write different parts, and nobody reads before all is written.
  package let rows: Int
  package let width: Int
  private let floats: UnsafeMutablePointer<Float>?
  private let quantized: QuantizedActivations?

  /// Room for the input of some layers, to be written with `set`.
  package init(rows: Int, width: Int, for projections: [Projection]) {
    self.rows = rows
    self.width = width
    floats =
      projections.allSatisfy(\.weight.isPacked)
      ? nil : UnsafeMutablePointer<Float>.allocate(capacity: max(1, rows * width))
    quantized =
      projections.contains(where: \.weight.isPacked) ? QuantizedActivations(count: rows, columns: width) : nil
  }

  deinit { floats?.deallocate() }

  /// Some columns of a row.
  ///
  /// - Precondition: the range begins and ends at multiples of 32, or at the end.
  package func set(row: Int, columns: Range<Int>, _ values: UnsafePointer<Float>) {
    if let floats { (floats + row * width + columns.lowerBound).update(from: values, count: columns.count) }
    quantized?.quantize(values, row: row, columns: columns)
  }

  /// y[m, r] of one layer for a range of its outputs, bias included.
  ///
  /// - Parameters:
  ///   - outputs: begins at a multiple of `WeightMatrix.outputTile`.
  ///   - y: [rows, stride], pointing at output 0 whatever the range.
  package func multiply(
    _ projection: Projection, outputs: Range<Int>, into y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let weight = projection.weight
    if let panels = weight.panels, let quantized {
      panels.multiply(quantized, outputRows: outputs, into: y, outputStride: stride)
    } else if let floats {
      weight.multiply(floats, count: rows, outputRows: outputs, into: y, outputStride: stride)
    } else {
      preconditionFailure("an input that was not made for this layer")
    }
    guard let bias = projection.bias else { return }
    bias.withUnsafeBufferPointer { bias in
      guard let bias = bias.baseAddress else { return }
      for row in 0..<rows {
        let part = y + row * stride + outputs.lowerBound
        Kernels.best.add(part, part, bias + outputs.lowerBound, outputs.count)
      }
    }
  }
}

extension LinearInput {
  /// Rows as they are.
  package convenience init(_ x: borrowing Activations, for projections: [Projection], _ workers: Workers) {
    self.init(rows: x.rows, width: x.width, for: projections)
    let source = SharedPointer(x.pointer)
    workers.forEach(rows, work: rows * width * Self.roundingWork) { [width] row in
      self.set(row: row, columns: 0..<width, source.pointer + row * width)
    }
  }

  /// Multiplications that take as long as rounding one element.
  package static let roundingWork = 32
}
