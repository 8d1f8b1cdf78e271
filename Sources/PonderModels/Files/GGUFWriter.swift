import OrderedCollections

/// Writes GGUF version 3 files that llama.cpp and ``GGUFFile`` read. The file appears whole or not at all.
public struct GGUFWriter: Sendable {
  /// In the order they are written. `general.alignment` is honoured.
  public var metadata: OrderedDictionary<String, GGUFValue>
  /// What will be written, by name, in this order.
  public private(set) var tensors: OrderedDictionary<String, TensorPayload> = [:]

  /// A file without tensors.
  public init(metadata: OrderedDictionary<String, GGUFValue> = [:]) {
    self.metadata = metadata
  }

  /// - Precondition: the name is new, GGUF has the type, and the shape has one to four dimensions of at least 1.
  public mutating func add(_ tensor: TensorPayload) {
    precondition(tensors[tensor.name] == nil, "\(tensor.name) is taken")
    precondition(tensor.type.ggml != nil, "GGUF has no type \(tensor.type.rawValue)")
    precondition(
      (1...GGUFFile.maximumDimensions).contains(tensor.shape.count) && !tensor.shape.contains(0),
      "\(tensor.name): shape \(tensor.shape)")
    tensors[tensor.name] = tensor
  }

  /// Writes the file, replacing one that is there.
  ///
  /// - Throws: `.unwritable`; nothing is left behind then.
  public func write(to path: String) throws(ModelFileError) {
    let alignment = metadata["general.alignment"]?.integer ?? GGUFFile.defaultAlignment
    precondition(alignment > 0 && alignment.nonzeroBitCount == 1, "alignment \(alignment) is not a power of two")
    var header = GGUFFile.magic
    header += UInt32(3).littleEndianBytes
    header += UInt64(tensors.count).littleEndianBytes
    header += UInt64(metadata.count).littleEndianBytes
    for (key, value) in metadata {
      header += key.ggufBytes
      header += value.typeIdentifier.littleEndianBytes
      header += value.ggufBytes
    }
    var offset = 0
    for tensor in tensors.values {
      header += tensor.name.ggufBytes
      header += UInt32(tensor.shape.count).littleEndianBytes
      for dimension in tensor.shape.reversed() { header += UInt64(dimension).littleEndianBytes }
      header += (tensor.type.ggml ?? 0).littleEndianBytes
      header += UInt64(offset).littleEndianBytes
      offset += (tensor.byteCount + alignment - 1) & ~(alignment - 1)
    }

    var file = try AtomicFile(path)
    try file.write(header)
    try file.pad(to: alignment)
    for tensor in tensors.values {
      try tensor.write(to: &file)
      try file.pad(to: alignment)
    }
    try file.commit()
  }
}

extension String {
  fileprivate var ggufBytes: [UInt8] { UInt64(utf8.count).littleEndianBytes + Array(utf8) }
}

extension GGUFValue {
  fileprivate var typeIdentifier: UInt32 {
    switch self {
    case .uint8: 0
    case .int8: 1
    case .uint16: 2
    case .int16: 3
    case .uint32: 4
    case .int32: 5
    case .float32: 6
    case .bool: 7
    case .string: 8
    case .array: 9
    case .uint64: 10
    case .int64: 11
    case .float64: 12
    }
  }

  fileprivate var ggufBytes: [UInt8] {
    switch self {
    case .uint8(let value): value.littleEndianBytes
    case .int8(let value): value.littleEndianBytes
    case .uint16(let value): value.littleEndianBytes
    case .int16(let value): value.littleEndianBytes
    case .uint32(let value): value.littleEndianBytes
    case .int32(let value): value.littleEndianBytes
    case .float32(let value): value.bitPattern.littleEndianBytes
    case .bool(let value): [value ? 1 : 0]
    case .string(let value): value.ggufBytes
    case .array(let value): value.ggufBytes
    case .uint64(let value): value.littleEndianBytes
    case .int64(let value): value.littleEndianBytes
    case .float64(let value): value.bitPattern.littleEndianBytes
    }
  }
}

extension GGUFArray {
  /// Element type, count, elements.
  fileprivate var ggufBytes: [UInt8] {
    func dense(_ type: UInt32, _ elements: [[UInt8]]) -> [UInt8] {
      type.littleEndianBytes + UInt64(elements.count).littleEndianBytes + elements.joined()
    }
    return switch self {
    case .uint8(let elements): dense(0, elements.map(\.littleEndianBytes))
    case .int8(let elements): dense(1, elements.map(\.littleEndianBytes))
    case .uint16(let elements): dense(2, elements.map(\.littleEndianBytes))
    case .int16(let elements): dense(3, elements.map(\.littleEndianBytes))
    case .uint32(let elements): dense(4, elements.map(\.littleEndianBytes))
    case .int32(let elements): dense(5, elements.map(\.littleEndianBytes))
    case .float32(let elements): dense(6, elements.map(\.bitPattern.littleEndianBytes))
    case .bool(let elements): dense(7, elements.map { [$0 ? 1 : 0] })
    case .string(let elements): dense(8, elements.map(\.ggufBytes))
    case .array(let elements): dense(9, elements.map(\.ggufBytes))
    case .uint64(let elements): dense(10, elements.map(\.littleEndianBytes))
    case .int64(let elements): dense(11, elements.map(\.littleEndianBytes))
    case .float64(let elements): dense(12, elements.map(\.bitPattern.littleEndianBytes))
    }
  }
}
