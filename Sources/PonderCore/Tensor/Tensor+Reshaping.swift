extension Tensor {
  /// The same elements in another shape; one length may be −1 and follows from the others.
  ///
  /// - Precondition: The new shape has as many places.
  public func reshaped(_ newShape: Int...) -> Tensor { reshaped(to: newShape) }

  /// The same elements in another shape; one length may be −1 and follows from the others.
  ///
  /// - Precondition: The new shape has as many places.
  public func reshaped(to newShape: [Int]) -> Tensor {
    var resolved = newShape
    if let open = newShape.firstIndex(of: -1) {
      resolved[open] = 1
      let known = resolved.reduce(1, *)
      require(
        known > 0 && count.isMultiple(of: known), "the shape \(shape) cannot become \(newShape)")
      resolved[open] = count / known
    }
    require(
      resolved.allSatisfy { $0 >= 0 } && resolved.reduce(1, *) == count, "the shape \(shape) cannot become \(newShape)")
    return Tensor(shape: resolved, elements: elements)
  }

  /// The last two axes exchanged.
  ///
  /// - Precondition: The tensor has at least two axes.
  public func transposed() -> Tensor {
    require(rank >= 2, "the shape \(shape) has no two axes to exchange")
    return permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// Axes in another order: axis i of the result is axis `order[i]`.
  ///
  /// - Precondition: `order` names every axis once.
  public func permuted(_ order: [Int]) -> Tensor {
    require(order.sorted() == Array(0..<rank), "the order \(order) for the axes of \(shape)")
    let newShape = order.map { shape[$0] }
    let strides = order.map(stride(of:))
    return Tensor(shape: newShape, elements: gather(elements, shape: newShape, strides: strides))
  }

  /// Elements of a range of an axis, the first unless told: `t.slice(2..<5)` is rows 2, 3 and 4.
  ///
  /// - Precondition: The range lies in the axis.
  public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
    let axis = checked(axis: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis], "range \(range) of axis \(axis) of the shape \(shape)")
    var newShape = shape
    newShape[axis] = range.count
    let inner = stride(of: axis)
    let outer = shape[..<axis].reduce(1, *)
    var result: [Float] = []
    result.reserveCapacity(outer * range.count * inner)
    for i in 0..<outer {
      let start = i * shape[axis] * inner
      result += elements[start + range.lowerBound * inner..<start + range.upperBound * inner]
    }
    return Tensor(shape: newShape, elements: result)
  }

  /// One index of an axis, which disappears: `matrix.at(3)` is row 3.
  public func at(_ index: Int, axis: Int = 0) -> Tensor {
    let axis = checked(axis: axis)
    require(index >= 0 && index < shape[axis], "index \(index) of axis \(axis) of the shape \(shape)")
    var newShape = shape
    newShape.remove(at: axis)
    return slice(index..<index + 1, axis: axis).reshaped(to: newShape)
  }

  /// Replaces a range of an axis.
  ///
  /// - Precondition: `values` has the shape of the range.
  public mutating func replace(_ range: Range<Int>, axis: Int = 0, with values: Tensor) {
    let axis = checked(axis: axis)
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis], "range \(range) of axis \(axis) of the shape \(shape)")
    var expected = shape
    expected[axis] = range.count
    require(values.shape == expected, "values \(values.shape) for a range of the shape \(expected)")
    let inner = stride(of: axis)
    let run = range.count * inner
    for i in 0..<shape[..<axis].reduce(1, *) {
      let start = i * shape[axis] * inner + range.lowerBound * inner
      elements.replaceSubrange(start..<start + run, with: values.elements[i * run..<(i + 1) * run])
    }
  }

  /// Tensors one after another along an axis.
  ///
  /// - Precondition: There is at least one, and their other axes agree.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    require(!tensors.isEmpty, "no tensors to concatenate")
    let axis = tensors[0].checked(axis: axis)
    var shape = tensors[0].shape
    shape[axis] = 0
    for tensor in tensors {
      var other = tensor.shape
      require(other.count == shape.count, "shapes \(tensors[0].shape) and \(tensor.shape) along axis \(axis)")
      shape[axis] += other[axis]
      other[axis] = shape[axis]
      require(other == shape, "shapes \(tensors[0].shape) and \(tensor.shape) along axis \(axis)")
    }
    var elements: [Float] = []
    elements.reserveCapacity(shape.reduce(1, *))
    for i in 0..<shape[..<axis].reduce(1, *) {
      for tensor in tensors {
        let run = tensor.shape[axis] * tensor.stride(of: axis)
        elements += tensor.elements[i * run..<(i + 1) * run]
      }
    }
    return Tensor(shape: shape, elements: elements)
  }

  /// Tensors of one shape along a new first axis.
  ///
  /// - Precondition: There is at least one, and their shapes agree.
  public static func stacked(_ tensors: [Tensor]) -> Tensor {
    concatenated(tensors.map { $0.reshaped(to: [1] + $0.shape) })
  }
}
