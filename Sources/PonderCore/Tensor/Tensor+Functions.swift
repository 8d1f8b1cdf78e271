#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tensor {
  /// eˣ of every element, relative error ≤ 2.5e-7.
  public func exp() -> Tensor {
    var result = self
    result.elements.withUnsafeMutableBufferPointer { buffer in
      if let x = buffer.baseAddress { Kernels.best.exponential(x, x, buffer.count) }
    }
    return result
  }

  /// Natural logarithm of every element.
  public func log() -> Tensor { map(logf) }

  /// Square root of every element.
  public func squareRoot() -> Tensor { map { $0.squareRoot() } }

  /// Square of every element.
  public func squared() -> Tensor { map { $0 * $0 } }

  /// Magnitude of every element.
  public func magnitude() -> Tensor { map(\.magnitude) }

  /// Hyperbolic tangent of every element.
  public func tanh() -> Tensor { map(tanhf) }

  /// Logistic function of every element, without overflow at either end.
  public func sigmoid() -> Tensor {
    map { x in
      let e = expf(-x.magnitude)
      return x < 0 ? e / (1 + e) : 1 / (1 + e)
    }
  }

  /// Every element moved into a range; NaN stays.
  public func clamped(to range: ClosedRange<Float>) -> Tensor {
    map { $0 < range.lowerBound ? range.lowerBound : $0 > range.upperBound ? range.upperBound : $0 }
  }

  /// eˣ over its sum along an axis, computed without overflow. Where all are −∞ the result is zeros.
  public func softmax(axis: Int = -1) -> Tensor {
    alongLast(axis) { row in Kernels.best.softmax(row.baseAddress!, row.count) }
  }

  /// The logarithm of `softmax`, computed without overflow or underflow.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    alongLast(axis) { row in
      let largest = Kernels.best.maximum(row.baseAddress!, row.count)
      let total = row.reduce(Float(0)) { $0 + expf($1 - largest) }
      let normaliser = logf(total)
      // In this order, so that large elements of one size lose nothing.
      for i in row.indices { row[i] = (row[i] - largest) - normaliser }
    }
  }

  /// Changes every run of elements along an axis in place.
  private func alongLast(_ axis: Int, _ change: (UnsafeMutableBufferPointer<Float>) -> Void) -> Tensor {
    let axis = checked(axis: axis)
    guard count > 0 else { return self }
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    var result = axis == rank - 1 ? self : permuted(order)
    let length = shape[axis]
    result.elements.withUnsafeMutableBufferPointer { buffer in
      for start in Swift.stride(from: 0, to: buffer.count, by: length) {
        change(UnsafeMutableBufferPointer(rebasing: buffer[start..<start + length]))
      }
    }
    return axis == rank - 1 ? result : result.permuted(order)
  }
}
