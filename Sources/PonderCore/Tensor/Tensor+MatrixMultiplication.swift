internal import CPonderBLAS

extension Tensor {
  /// The matrix product by OpenBLAS.
  ///
  /// Matrices are the last two axes; the axes in front are a batch and broadcast. A vector on the left is a row, on
  /// the right a column, and its axis disappears; transposing a vector changes nothing.
  ///
  /// OpenBLAS chooses the order of its sums by the shapes: the bits of a row may depend on how many rows there are.
  /// `WeightMatrix` is what reproduces.
  ///
  /// - Precondition: Inner lengths agree and the batches broadcast.
  public func matmul(_ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false) -> Tensor {
    require(rank > 0 && other.rank > 0, "no matrix product of the shapes \(shape) and \(other.shape)")
    if rank == 1 {
      return reshaped(1, count).matmul(other, transposeOther: transposeOther).removing(axis: other.rank == 1 ? 0 : -2)
    }
    let isColumn = other.rank == 1
    let right = isColumn ? other.reshaped(other.count, 1) : other
    let a = Matrices(self, isTransposed: transposeSelf)
    let b = Matrices(right, isTransposed: transposeOther && !isColumn)
    guard a.columns == b.rows, let batch = Tensor.broadcastShape(a.batch, b.batch) else {
      let marks = (transposeSelf ? "ᵀ" : "", transposeOther ? "ᵀ" : "")
      fatalError("no matrix product of the shapes \(shape)\(marks.0) and \(other.shape)\(marks.1)")
    }
    let product = a.product(with: b, batch: batch)
    return isColumn ? product.removing(axis: -1) : product
  }

  private func removing(axis: Int) -> Tensor {
    var newShape = shape
    newShape.remove(at: checked(axis: axis))
    return reshaped(to: newShape)
  }
}

/// One side of a product: equally large matrices one after another.
private struct Matrices {
  let tensor: Tensor
  let batch: [Int]
  let rows: Int
  let columns: Int
  let isTransposed: Bool

  init(_ tensor: Tensor, isTransposed: Bool) {
    self.tensor = tensor
    self.isTransposed = isTransposed
    batch = tensor.shape.dropLast(2)
    let (stored, width) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
    require(
      stored <= Int32.max && width <= Int32.max, "the shape \(tensor.shape) is too large for OpenBLAS")
    (rows, columns) = isTransposed ? (width, stored) : (stored, width)
  }

  /// Elements from one row in memory to the next.
  private var leading: Int32 { Int32(isTransposed ? rows : columns) }
  private var transposition: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }

  func product(with other: Matrices, batch shared: [Int]) -> Tensor {
    let shape = shared + [rows, other.columns]
    let result = Tensor(repeating: 0, shape: shape)
    guard result.count > 0, columns > 0 else { return result }
    BLAS.useOneThread
    // All rows of a batch against one matrix are one product.
    if other.batch.allSatisfy({ $0 == 1 }), !isTransposed, shared == batch {
      let flat = Matrices(tensor.reshaped(-1, columns), isTransposed: false)
      return flat.multiplied(other, offsets: [(0, 0)], into: result)
    }
    let offsets = zip(starts(in: shared), other.starts(in: shared))
    return multiplied(other, offsets: Array(offsets), into: result)
  }

  /// Where the matrix of each place of a broadcast batch begins.
  private func starts(in shared: [Int]) -> [Int] {
    return gather(
      Array(0..<batch.reduce(1, *)), shape: shared, strides: strides(of: batch, repeatedTo: shared)
    ).map { $0 * rows * columns }
  }

  private func multiplied(_ other: Matrices, offsets: [(Int, Int)], into result: Tensor) -> Tensor {
    var result = result
    let size = rows * other.columns
    tensor.elements.withUnsafeBufferPointer { a in
      other.tensor.elements.withUnsafeBufferPointer { b in
        result.elements.withUnsafeMutableBufferPointer { out in
          for (i, offset) in offsets.enumerated() {
            multiply(a.baseAddress! + offset.0, other, b.baseAddress! + offset.1, out.baseAddress! + i * size)
          }
        }
      }
    }
    return result
  }

  private func multiply(
    _ a: UnsafePointer<Float>, _ other: Matrices, _ b: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
  ) {
    if other.columns == 1 {
      cblas_sgemv(
        CblasRowMajor, transposition, Int32(isTransposed ? columns : rows), leading, 1, a, leading, b, 1, 0, out, 1)
    } else {
      cblas_sgemm(
        CblasRowMajor, transposition, other.transposition, Int32(rows), Int32(other.columns), Int32(columns), 1, a,
        leading, b, other.leading, 0, out, Int32(other.columns))
    }
  }
}
