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

  package var outputs: Int { weight.rows }

  /// x [rows, inputs] → y [rows, outputs]. Each row's result is the same whatever other rows there are.
  package func callAsFunction(_ x: borrowing Activations, _ workers: Workers) -> Activations {
    require(
      x.width == weight.columns, "activations [\(x.rows), \(x.width)] with weights of \(weight.columns) inputs")
    let y = Activations(rows: x.rows, width: outputs)
    workers.multiply(LinearInput(x, for: [self], workers), [Product(self, into: y)])
    return y
  }
}

/// One linear layer's part in a region of several: y [rows, outputs].
package struct Product: Sendable {
  package let projection: Projection
  let y: SharedPointer

  package init(_ projection: Projection, into y: borrowing Activations) {
    require(y.width == projection.outputs, "\(projection.outputs) outputs into rows of \(y.width)")
    self.projection = projection
    self.y = SharedPointer(y.pointer)
  }
}

extension Workers {
  /// All products of one input, in one region.
  package func multiply(_ x: LinearInput, _ products: [Product]) {
    let outputs = products.reduce(0) { $0 + $1.projection.outputs }
    guard x.rows > 0, outputs > 0 else { return }
    let work = x.rows * outputs * x.width
    let size = partSize(of: outputs, tile: WeightMatrix.outputTile, work: work)
    // The parts of one product follow those of the one before.
    let parts = products.map { ($0.projection.outputs + size - 1) / size }
    forEach(parts.reduce(0, +), work: work) { part in
      var (index, part) = (0, part)
      while part >= parts[index] {
        part -= parts[index]
        index += 1
      }
      let product = products[index]
      let range = part * size..<min(product.projection.outputs, (part + 1) * size)
      x.multiply(product.projection, outputs: range, into: product.y.pointer, stride: product.projection.outputs)
    }
  }

  /// y += W·x + b. y [rows, outputs]
  package func add(_ projection: Projection, of x: LinearInput, to y: borrowing Activations) {
    require(
      y.rows == x.rows && y.width == projection.outputs, "[\(y.rows), \(y.width)] += [\(x.rows), \(projection.outputs)]"
    )
    let target = SharedPointer(y.pointer)
    let outputs = projection.outputs
    let tile = WeightMatrix.outputTile
    forEachRange(of: outputs, tile: tile, work: x.rows * outputs * x.width) { range in
      RecycledMemory.withTemporary(of: Float.self, count: x.rows * range.count) { products in
        x.multiply(projection, outputs: range, into: products - range.lowerBound, stride: range.count)
        for row in 0..<x.rows {
          let part = target.pointer + row * outputs + range.lowerBound
          Kernels.best.add(part, part, products + row * range.count, range.count)
        }
      }
    }
  }

  /// silu(gate·x) ⊙ up·x, the inner half of SwiGLU (arXiv:2002.05202), ready for `next`. [rows, intermediate]
  package func gated(
    _ x: LinearInput, gate: Projection, up: Projection, for next: Projection
  ) -> LinearInput {
    let outputs = gate.outputs
    let h = LinearInput(rows: x.rows, width: outputs, for: [next])
    forEachRange(of: outputs, tile: WeightMatrix.outputTile, work: 2 * x.rows * outputs * x.width) { range in
      let size = x.rows * range.count
      RecycledMemory.withTemporary(of: Float.self, count: 2 * size) { gates in
        let ups = gates + size
        x.multiply(gate, outputs: range, into: gates - range.lowerBound, stride: range.count)
        x.multiply(up, outputs: range, into: ups - range.lowerBound, stride: range.count)
        Kernels.best.siluMultiply(gates, gate: gates, up: ups, size)
        for row in 0..<x.rows { h.set(row: row, columns: range, gates + row * range.count) }
      }
    }
    return h
  }
}

/// Memory that several threads use at once, each its own part of it.
struct SharedPointer: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>

  init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}
