/// A dense array of single-precision numbers in row-major order.
///
/// A value: copies share memory until one of them is changed. Slices are copies. Operations whose shapes do not fit
/// are a programmer's error and trap with both shapes in the message.
public struct Tensor: Sendable, Hashable {
  /// Length of each axis, the slowest first. Empty for a scalar.
  public let shape: [Int]

  /// All elements, the last axis fastest. The count never changes.
  public internal(set) var elements: [Float]

  /// A tensor of the given elements in row-major order.
  ///
  /// - Precondition: There are as many elements as the shape has places.
  public init(shape: [Int], elements: [Float]) {
    require(
      Tensor.count(of: shape) == elements.count, "\(elements.count) elements do not fill the shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// Number of axes.
  public var rank: Int { shape.count }

  /// Number of elements.
  public var count: Int { elements.count }

  /// The only element of a tensor that has one.
  ///
  /// - Precondition: The tensor has exactly one element.
  public var scalar: Float {
    require(count == 1, "a tensor of the shape \(shape) is no scalar")
    return elements[0]
  }

  /// The element at one index per axis.
  ///
  /// - Precondition: There is one index for each axis and each lies in its axis.
  public subscript(indices: Int...) -> Float {
    get { elements[offset(of: indices)] }
    set { elements[offset(of: indices)] = newValue }
  }

  /// Elements to change in place, in row-major order.
  public mutating func withUnsafeMutableElements<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var result: Swift.Result<Result, Failure>?
    elements.withUnsafeMutableBufferPointer { buffer in
      do throws(Failure) {
        result = .success(try body(buffer))
      } catch {
        result = .failure(error)
      }
    }
    return try result!.get()
  }

  static func count(of shape: [Int]) -> Int {
    require(shape.allSatisfy { $0 >= 0 }, "negative length in the shape \(shape)")
    return shape.reduce(1, *)
  }

  /// Elements from one index of an axis to the next.
  func stride(of axis: Int) -> Int { shape[(axis + 1)...].reduce(1, *) }

  /// Accepts axes counted from the end: −1 is the last.
  func checked(axis: Int) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    require(positive >= 0 && positive < rank, "axis \(axis) of the shape \(shape)")
    return positive
  }

  private func offset(of indices: [Int]) -> Int {
    require(
      indices.count == rank && zip(indices, shape).allSatisfy { $0 >= 0 && $0 < $1 },
      "index \(indices) in the shape \(shape)")
    return zip(indices, shape).reduce(0) { $0 * $1.1 + $1.0 }
  }
}
