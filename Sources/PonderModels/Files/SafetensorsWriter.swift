import OrderedCollections

/// Writes safetensors files that the reference implementation and ``SafetensorsFile`` read.
///
/// The file appears whole or not at all. Tensors are laid out by decreasing element size, as the reference does, behind
/// a header padded to 64 bytes, so that every element is aligned when the file is mapped.
public struct SafetensorsWriter: Sendable {
  /// Free text for `__metadata__`; left out when empty.
  public var metadata: OrderedDictionary<String, String>
  /// What will be written, by name.
  public private(set) var tensors: OrderedDictionary<String, TensorPayload> = [:]

  /// A file without tensors.
  public init(metadata: OrderedDictionary<String, String> = [:]) {
    self.metadata = metadata
  }

  /// - Precondition: the name is new and not `__metadata__`, and safetensors has the type.
  public mutating func add(_ tensor: TensorPayload) {
    precondition(tensor.name != "__metadata__" && tensors[tensor.name] == nil, "\(tensor.name) is taken")
    precondition(tensor.type.isInSafetensors, "safetensors has no type \(tensor.type.rawValue)")
    tensors[tensor.name] = tensor
  }

  /// Writes the file, replacing one that is there.
  ///
  /// - Throws: `.unwritable`; nothing is left behind then.
  public func write(to path: String) throws(ModelFileError) {
    let ordered = tensors.values.enumerated().sorted {
      ($1.element.type.block.bytes, $0.offset) < ($0.element.type.block.bytes, $1.offset)
    }.map(\.element)
    var header = OrderedDictionary<String, JSONValue>()
    if !metadata.isEmpty {
      header["__metadata__"] = .object(metadata.mapValues { .string($0) })
    }
    var offset = 0
    for tensor in ordered {
      header[tensor.name] = .object([
        "dtype": .string(tensor.type.rawValue),
        "shape": .array(tensor.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(offset), .integer(offset + tensor.byteCount)]),
      ])
      offset += tensor.byteCount
    }
    var text = Array(JSONValue.object(header).text.utf8)
    let padding = (64 - (8 + text.count) % 64) % 64
    text += [UInt8](repeating: UInt8(ascii: " "), count: padding)

    var file = try AtomicFile(path)
    try file.write(UInt64(text.count).littleEndianBytes)
    try file.write(text)
    for tensor in ordered { try tensor.write(to: &file) }
    try file.commit()
  }
}
