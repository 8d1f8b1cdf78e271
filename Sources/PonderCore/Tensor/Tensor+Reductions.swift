extension Tensor {
  // MARK: - Everything

  /// Sum of all elements; 0 for none.
  public func sum() -> Float {
    elements.withUnsafeBufferPointer { $0.isEmpty ? 0 : Kernels.best.sum($0.baseAddress!, $0.count) }
  }

  /// Mean of all elements; NaN for none.
  public func mean() -> Float { sum() / Float(count) }

  /// Mean squared distance from the mean; NaN for none.
  public func variance() -> Float { (self - mean()).squared().mean() }

  /// Largest element, NaN ignored; −∞ for none.
  public func max() -> Float {
    elements.withUnsafeBufferPointer { $0.isEmpty ? -.infinity : Kernels.best.maximum($0.baseAddress!, $0.count) }
  }

  /// Smallest element, NaN ignored; +∞ for none.
  public func min() -> Float { -(-self).max() }

  /// Square root of the sum of squares.
  public func norm() -> Float { squared().sum().squareRoot() }

  // MARK: - Along an axis

  /// Sums along an axis, which disappears unless kept with length 1.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(axis, keepingAxis, initial: 0, +)
  }

  /// Means along an axis, which disappears unless kept with length 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    sum(axis: axis, keepingAxis: keepingAxis) / Float(shape[checked(axis: axis)])
  }

  /// Mean squared distances from the means along an axis, which disappears unless kept with length 1.
  public func variance(axis: Int, keepingAxis: Bool = false) -> Tensor {
    (self - mean(axis: axis, keepingAxis: true)).squared().mean(axis: axis, keepingAxis: keepingAxis)
  }

  /// Largest elements along an axis, NaN ignored; the axis disappears unless kept with length 1.
  public func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(axis, keepingAxis, initial: -.infinity) { $1 > $0 ? $1 : $0 }
  }

  /// Smallest elements along an axis, NaN ignored; the axis disappears unless kept with length 1.
  public func min(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(axis, keepingAxis, initial: .infinity) { $1 < $0 ? $1 : $0 }
  }

  /// Indices of the largest elements along the last axis, the first of equals, one for each of the other places.
  ///
  /// - Precondition: The last axis is not empty.
  public func argmax() -> [Int] {
    guard let length = shape.last, length > 0 else { fatalError("no largest element in the shape \(shape)") }
    return elements.withUnsafeBufferPointer { buffer in
      Swift.stride(from: 0, to: count, by: length).map { Kernels.best.argmax(buffer.baseAddress! + $0, length) }
    }
  }

  private func reduced(
    _ axis: Int, _ keepingAxis: Bool, initial: Float, _ combine: (Float, Float) -> Float
  ) -> Tensor {
    let axis = checked(axis: axis)
    let inner = stride(of: axis)
    let length = shape[axis]
    let outer = shape[..<axis].reduce(1, *)
    var result = Array(repeating: initial, count: outer * inner)
    elements.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { result in
        for o in 0..<outer {
          for k in 0..<length {
            for i in 0..<inner {
              result[o * inner + i] = combine(result[o * inner + i], source[(o * length + k) * inner + i])
            }
          }
        }
      }
    }
    var newShape = shape
    if keepingAxis { newShape[axis] = 1 } else { newShape.remove(at: axis) }
    return Tensor(shape: newShape, elements: result)
  }
}
