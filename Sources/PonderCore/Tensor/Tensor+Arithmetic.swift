// MARK: - Broadcasting

extension Tensor {
  /// The shape two tensors share after broadcasting, as NumPy does it: axes are matched from the last, and an axis
  /// of length 1 or missing repeats. Nil when the shapes do not fit.
  public static func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = Swift.max(a.count, b.count)
    let a = Array(repeating: 1, count: rank - a.count) + a
    let b = Array(repeating: 1, count: rank - b.count) + b
    guard zip(a, b).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
    return zip(a, b).map { $0 == 1 ? $1 : $0 }
  }

  /// Repeated along axes of length 1 and along new axes in front.
  ///
  /// - Precondition: The shape can be repeated to the new one.
  public func broadcast(to newShape: [Int]) -> Tensor {
    if newShape == shape { return self }
    require(
      newShape.count >= rank && Tensor.broadcastShape(shape, newShape) == newShape,
      "the shape \(shape) does not broadcast to \(newShape)")
    return Tensor(
      shape: newShape, elements: gather(elements, shape: newShape, strides: strides(of: shape, repeatedTo: newShape)))
  }

  /// Combines elements of two tensors in the same places, after broadcasting.
  ///
  /// - Precondition: The shapes broadcast.
  public func combined(with other: Tensor, _ operation: (Float, Float) -> Float) -> Tensor {
    guard let shared = Tensor.broadcastShape(shape, other.shape) else {
      fatalError("shapes \(shape) and \(other.shape) do not broadcast")
    }
    let a = broadcast(to: shared).elements
    let b = other.broadcast(to: shared).elements
    return Tensor(
      shape: shared,
      elements: a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in a.indices.map { operation(a[$0], b[$0]) } }
      })
  }

  /// Every element changed by a function.
  public func map(_ transform: (Float) throws -> Float) rethrows -> Tensor {
    Tensor(shape: shape, elements: try elements.map(transform))
  }
}

// MARK: - Operators

extension Tensor {
  /// Element by element, after broadcasting.
  public static func + (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, +) }
  /// Element by element, after broadcasting.
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, -) }
  /// Element by element, after broadcasting; `matmul` is the matrix product.
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, *) }
  /// Element by element, after broadcasting.
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.combined(with: b, /) }

  /// A number to every element.
  public static func + (a: Tensor, b: Float) -> Tensor { a.map { $0 + b } }
  /// A number from every element.
  public static func - (a: Tensor, b: Float) -> Tensor { a.map { $0 - b } }
  /// Every element times a number.
  public static func * (a: Tensor, b: Float) -> Tensor { a.map { $0 * b } }
  /// Every element by a number.
  public static func / (a: Tensor, b: Float) -> Tensor { a.map { $0 / b } }
  /// A number plus every element.
  public static func + (a: Float, b: Tensor) -> Tensor { b.map { a + $0 } }
  /// A number minus every element.
  public static func - (a: Float, b: Tensor) -> Tensor { b.map { a - $0 } }
  /// A number times every element.
  public static func * (a: Float, b: Tensor) -> Tensor { b.map { a * $0 } }
  /// A number by every element.
  public static func / (a: Float, b: Tensor) -> Tensor { b.map { a / $0 } }

  /// The opposite of every element.
  public static prefix func - (a: Tensor) -> Tensor { a.map { -$0 } }

  /// Adds in place; `b` may broadcast, `a` keeps its shape.
  public static func += (a: inout Tensor, b: Tensor) { a.update(with: b, +=) }
  /// Subtracts in place; `b` may broadcast, `a` keeps its shape.
  public static func -= (a: inout Tensor, b: Tensor) { a.update(with: b, -=) }
  /// Multiplies in place; `b` may broadcast, `a` keeps its shape.
  public static func *= (a: inout Tensor, b: Tensor) { a.update(with: b, *=) }
  /// Divides in place; `b` may broadcast, `a` keeps its shape.
  public static func /= (a: inout Tensor, b: Tensor) { a.update(with: b, /=) }
  /// Multiplies every element in place.
  public static func *= (a: inout Tensor, b: Float) {
    for i in a.elements.indices { a.elements[i] *= b }
  }

  private mutating func update(with other: Tensor, _ operation: (inout Float, Float) -> Void) {
    let values = other.broadcast(to: shape).elements
    for i in values.indices { operation(&elements[i], values[i]) }
  }
}
