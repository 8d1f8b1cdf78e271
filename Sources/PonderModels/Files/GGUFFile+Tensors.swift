import OrderedCollections

extension GGUFFile {
  /// Reads the tensor directory, which ends the header, and places every tensor in the data section behind it.
  static func tensors(
    _ count: Int, _ alignment: Int, _ reader: inout ByteReader
  ) throws(ModelFileError) -> OrderedDictionary<String, TensorRecord> {
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count { entries.append(try Entry(&reader)) }
    reader.part = .file

    // No overflow: the offset is at most the length of a mapped file, and the alignment at most 2^20.
    let dataStart = (reader.offset + alignment - 1) & ~(alignment - 1)
    var tensors = OrderedDictionary<String, TensorRecord>(minimumCapacity: count)
    for entry in entries {
      let record = try entry.placed(after: dataStart, alignment: alignment, size: reader.bytes.count, in: reader.file)
      guard tensors.updateValue(record, forKey: record.name) == nil else {
        throw ModelFileError(.duplicate, file: reader.file, part: .tensor(record.name), "occurs twice")
      }
    }
    try Array(tensors.values).requireDisjoint(in: reader.file)
    return tensors
  }

  /// One line of the directory, before it is known where the data section begins.
  private struct Entry {
    let name: String
    let type: TensorType
    let shape: [Int]
    let byteCount: Int
    let offset: UInt64

    init(_ reader: inout ByteReader) throws(ModelFileError) {
      reader.part = .file
      name = try reader.string("a tensor name")
      reader.part = .tensor(name)
      let dimensionCount = try reader.integer("the number of dimensions", as: UInt32.self)
      guard dimensionCount <= maximumDimensions else {
        throw reader.fault(.outOfRange, "has \(dimensionCount) dimensions; the format allows \(maximumDimensions)")
      }
      let dimensions: [UInt64] = try reader.integers(Int(dimensionCount), "the shape")
      let identifier = try reader.integer("the type", as: UInt32.self)
      offset = try reader.integer("the offset", as: UInt64.self)
      guard let type = TensorType(ggml: identifier) else {
        throw reader.fault(.unsupported, "has the unknown type \(identifier)")
      }
      self.type = type
      let exact = dimensions.compactMap { Int(exactly: $0) }
      guard exact.count == dimensions.count, !exact.contains(0) else {
        throw reader.fault(.outOfRange, "has the impossible dimensions \(dimensions)")
      }
      shape = exact.reversed()  // GGUF puts the fastest-running dimension first
      guard let byteCount = type.byteCount(shape: shape) else {
        throw reader.fault(
          .outOfRange, "has the shape \(shape), which is too large or not whole blocks of \(type.block.elements) a row")
      }
      self.byteCount = byteCount
    }

    func placed(after dataStart: Int, alignment: Int, size: Int, in file: String) throws(ModelFileError) -> TensorRecord
    {
      guard offset % UInt64(alignment) == 0 else {
        throw ModelFileError(
          .malformed, file: file, part: .tensor(name), "its offset \(offset) is not a multiple of \(alignment)")
      }
      let available = max(0, size - dataStart)
      guard offset <= UInt64(available), byteCount <= available - Int(offset) else {
        throw ModelFileError(
          .truncated, file: file, part: .tensor(name),
          "needs \(byteCount) bytes at offset \(offset) of the data, of which the file holds \(available)")
      }
      let start = dataStart + Int(offset)
      return TensorRecord(name: name, type: type, shape: shape, range: start..<start + byteCount)
    }
  }
}
