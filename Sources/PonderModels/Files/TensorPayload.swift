import PonderCore

/// A tensor to be written: its description, and the bytes when they are asked for.
///
/// The bytes come from a closure, one tensor at a time, so a checkpoint larger than memory can be written.
public struct TensorPayload: Sendable {
  /// Its name in the file.
  public let name: String
  /// How the bytes encode the elements.
  public let type: TensorType
  /// Outermost dimension first.
  public let shape: [Int]
  /// Little-endian elements or blocks in row-major order, exactly ``byteCount`` of them.
  public let bytes: @Sendable () -> [UInt8]
  /// What type and shape take.
  public let byteCount: Int

  /// - Precondition: the shape is whole blocks of the type, and its size does not overflow.
  public init(_ name: String, type: TensorType, shape: [Int], bytes: @escaping @Sendable () -> [UInt8]) {
    guard let byteCount = type.byteCount(shape: shape) else {
      fatalError("\(name): shape \(shape) is not whole blocks of \(type.block.elements)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.bytes = bytes
    self.byteCount = byteCount
  }

  /// A tensor of 32-bit floats.
  ///
  /// - Precondition: the shape holds as many elements as `values`.
  public init(_ name: String, shape: [Int], values: [Float]) {
    require(shape.reduce(1, *) == values.count, "\(name): \(values.count) values for shape \(shape)")
    self.init(name, type: .f32, shape: shape) { values.flatMap { $0.bitPattern.littleEndianBytes } }
  }

  func write(to file: inout AtomicFile) throws(ModelFileError) {
    let bytes = bytes()
    require(bytes.count == byteCount, "\(name): \(bytes.count) bytes for \(type.rawValue) of shape \(shape)")
    try file.write(bytes)
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the least significant first.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian, Array.init) }
}
