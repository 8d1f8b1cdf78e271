import PonderCore

/// A linear layer: y = W·x + b.
package struct Projection: Sendable {
  /// [outputs, inputs]
  package let weight: WeightMatrix
  /// [outputs]
  package let bias: [Float]?

  package init(_ weight: WeightMatrix, bias: [Float]? = nil) {
    require(
      bias.map { $0.count == weight.rows } ?? true, "a bias of \(bias?.count ?? 0) for \(weight.rows) outputs")
    self.weight = weight
    self.bias = bias
  }

  /// x [rows, inputs] → y [rows, outputs]. Each row's result is the same whatever other rows there are.
  package func callAsFunction(_ x: borrowing Activations, _ workers: Workers) -> Activations {
    require(
      x.width == weight.columns, "activations [\(x.rows), \(x.width)] with weights of \(weight.columns) inputs")
    let y = Activations(rows: x.rows, width: weight.rows)
    guard x.rows > 0 else { return y }
    let (source, rows, target) = (SharedPointer(x.pointer), x.rows, SharedPointer(y.pointer))
    workers.forEachRange(
      of: weight.rows, tile: WeightMatrix.outputTile, work: x.rows * weight.rows * weight.columns
    ) { outputs in
      weight.multiply(source.pointer, count: rows, outputRows: outputs, into: target.pointer, outputStride: weight.rows)
    }
    if let bias {
      for row in 0..<y.rows { Kernels.best.add(y.row(row), y.row(row), bias, bias.count) }
    }
    return y
  }
}

/// Memory that several threads use at once, each its own part of it.
struct SharedPointer: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>

  init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}
