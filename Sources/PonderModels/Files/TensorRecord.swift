/// One entry of a file's tensor directory: what is stored and where, all of it checked against the file.
public struct TensorRecord: Sendable, Hashable {
  /// The name the file gives it.
  public let name: String
  /// How the elements are encoded.
  public let type: TensorType
  /// Row-major, the outermost dimension first, whatever the order in the file: a weight is [outputs, inputs].
  public let shape: [Int]
  /// The bytes of the file that hold it.
  public let range: Range<Int>

  /// Bytes that the tensor takes.
  public var byteCount: Int { range.count }
  /// Number of elements; cannot overflow, because the bytes of the file bound it.
  public var elementCount: Int { shape.reduce(1, *) }
}

extension [TensorRecord] {
  /// Refuses a directory in which two tensors share bytes: no writer makes one, and a hostile one could use it to
  /// make a small file count as a huge model.
  func requireDisjoint(in file: String) throws(ModelFileError) {
    let sorted = filter { !$0.range.isEmpty }.sorted { $0.range.lowerBound < $1.range.lowerBound }
    for (previous, next) in zip(sorted, sorted.dropFirst()) where next.range.lowerBound < previous.range.upperBound {
      throw ModelFileError(
        .malformed, file: file, part: .tensor(next.name),
        "its data at bytes \(next.range) overlap those of \(previous.name.quotedForMessage) at \(previous.range)")
    }
  }
}
