/// A matrix of weights in any storage format, [rows, columns] = [output channels, inputs], row after row of blocks.
///
/// A copy shares its bytes. Products are reproducible: a row of activations gives the same bits whatever else is in
/// the call and however the output rows are split, at multiples of `outputTile`.
public struct WeightMatrix: Sendable {
  /// How the weights are stored.
  public let format: WeightFormat
  /// Output channels.
  public let rows: Int
  /// Inputs.
  public let columns: Int
  /// Who multiplies, where the weights are floats.
  public var backend: MatrixBackend
  let storage: WeightStorage
  /// The weights once more in the layout of the fast kernels, if `packed` made it.
  package internal(set) var panels: PackedWeightMatrix?

  /// Output rows may be split between calls at multiples of this without changing any bit.
  public static let outputTile = 64

  /// Weights in the bytes of a file or in memory of their own.
  ///
  /// Floats that are not aligned to their size are copied; everything else is used where it lies.
  ///
  /// - Throws: `WeightError` when the bytes are not exactly those of `rows` × `columns` weights.
  public init(
    format: WeightFormat, rows: Int, columns: Int, storage: WeightStorage, backend: MatrixBackend = .kernels
  ) throws(WeightError) {
    guard rows >= 0, columns >= 0 else { throw .shape(format: format, rows: rows, columns: columns) }
    guard columns.isMultiple(of: format.elementsPerBlock) else {
      throw .columns(format: format, columns: columns, elementsPerBlock: format.elementsPerBlock)
    }
    guard let expected = format.byteCount(rows: rows, columns: columns) else {
      throw .shape(format: format, rows: rows, columns: columns)
    }
    guard storage.bytes.count == expected else {
      throw .byteCount(
        format: format, rows: rows, columns: columns, expected: expected, actual: storage.bytes.count)
    }
    let address = Int(bitPattern: storage.bytes.baseAddress)
    let isAligned = !format.isFloat || address.isMultiple(of: format.bytesPerBlock)
    self.format = format
    self.rows = rows
    self.columns = columns
    self.backend = backend
    self.storage = isAligned ? storage : WeightStorage(copying: storage.bytes)
  }

  /// F32 weights copied from a tensor.
  ///
  /// - Precondition: The tensor has two axes.
  public init(_ tensor: Tensor, backend: MatrixBackend = .kernels) {
    require(tensor.rank == 2, "a weight matrix has two axes, not the shape \(tensor.shape)")
    format = .f32
    rows = tensor.shape[0]
    columns = tensor.shape[1]
    storage = tensor.elements.withUnsafeBytes { WeightStorage(copying: $0) }
    self.backend = backend
  }

  /// Bytes that the weights take.
  public var byteCount: Int { storage.bytes.count }

  var bytesPerRow: Int { columns / format.elementsPerBlock * format.bytesPerBlock }

  /// Where row `row` begins; valid as long as the matrix lives.
  func pointer(toRow row: Int) -> UnsafeRawPointer {
    // An empty matrix may have no address; nobody reads through this one.
    let start = storage.bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 64)!
    return start + row * bytesPerRow
  }
}
