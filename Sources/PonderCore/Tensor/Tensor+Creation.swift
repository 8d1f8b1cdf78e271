#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension Tensor {
  /// One axis of the given elements.
  public init(_ elements: [Float]) {
    self.init(shape: [elements.count], elements: elements)
  }

  /// A matrix of the given rows.
  ///
  /// - Precondition: All rows have the same length.
  public init(rows: [[Float]]) {
    let columns = rows.first?.count ?? 0
    require(
      rows.allSatisfy { $0.count == columns }, "rows of different lengths: \(rows.map(\.count)) make no matrix")
    self.init(shape: [rows.count, columns], elements: rows.flatMap(\.self))
  }

  /// A scalar: a tensor without axes.
  public init(scalar: Float) {
    self.init(shape: [], elements: [scalar])
  }

  /// The same number everywhere.
  public init(repeating value: Float, shape: [Int]) {
    self.init(shape: shape, elements: Array(repeating: value, count: Tensor.count(of: shape)))
  }

  /// Zero everywhere.
  public static func zeros(_ shape: Int...) -> Tensor { Tensor(repeating: 0, shape: shape) }

  /// One everywhere.
  public static func ones(_ shape: Int...) -> Tensor { Tensor(repeating: 1, shape: shape) }

  /// Ones on the diagonal of a square matrix.
  public static func identity(_ size: Int) -> Tensor { diagonal(Array(repeating: 1, count: size)) }

  /// A square matrix with the given diagonal and zeros elsewhere.
  public static func diagonal(_ elements: [Float]) -> Tensor {
    var result = Tensor.zeros(elements.count, elements.count)
    for (i, element) in elements.enumerated() { result.elements[i * (elements.count + 1)] = element }
    return result
  }

  /// `count` numbers from `start`, `step` apart.
  public static func range(_ count: Int, from start: Float = 0, by step: Float = 1) -> Tensor {
    require(count >= 0, "a range of \(count) numbers")
    return Tensor((0..<count).map { start + Float($0) * step })
  }

  /// Independent numbers spread evenly over a range, drawn in row-major order.
  public static func uniform(
    _ shape: [Int], in range: ClosedRange<Float> = 0...1, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    return Tensor(
      shape: shape,
      elements: (0..<count(of: shape)).map { _ in range.lowerBound + width * unit(&generator) })
  }

  /// Independent normal numbers by Box and Muller's transform, drawn in row-major order.
  public static func normal(
    _ shape: [Int], mean: Float = 0, deviation: Float = 1, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let elements = (0..<count(of: shape)).map { _ in
      // 1 − u lies in (0, 1], where the logarithm is finite.
      let radius = (-2 * logf(1 - unit(&generator))).squareRoot()
      return mean + deviation * radius * cosf(2 * .pi * unit(&generator))
    }
    return Tensor(shape: shape, elements: elements)
  }

  /// In [0, 1), from the upper 24 bits, so that the numbers are the same on every platform.
  private static func unit(_ generator: inout some RandomNumberGenerator) -> Float {
    Float(generator.next() >> 40) * 0x1p-24
  }
}
