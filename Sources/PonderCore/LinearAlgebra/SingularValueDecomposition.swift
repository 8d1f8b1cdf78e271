internal import CPonderLAPACKE

/// A = U·diag(values)·Vᵀ with orthonormal columns of U and rows of Vᵀ, by LAPACK's `sgesdd`.
public struct SingularValueDecomposition: Sendable, Hashable {
  /// U, [rows, k] with k = min(rows, columns).
  public let left: Tensor
  /// Descending, not negative, [k].
  public let values: [Float]
  /// Vᵀ, [k, columns].
  public let rightTransposed: Tensor

  /// Decomposes a matrix [rows, columns].
  ///
  /// - Throws: `LinearAlgebraError` when the matrix is empty or not finite, the iteration does not converge or a value
  ///   overflows.
  public init(_ matrix: Tensor) throws(LinearAlgebraError) {
    let operation = "singular value decomposition"
    try matrix.checkMatrix(operation)
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let k = min(rows, columns)
    var a = matrix.elements
    var values = Array(repeating: Float(0), count: k)
    var left = Array(repeating: Float(0), count: rows * k)
    var right = Array(repeating: Float(0), count: k * columns)
    BLAS.useOneThread
    let info = LAPACKE_sgesdd(
      LAPACK_ROW_MAJOR, Character("S").option, Int32(rows), Int32(columns), &a, Int32(columns), &values, &left,
      Int32(k), &right, Int32(columns))
    try LinearAlgebraError.check(info, operation)
    self.left = Tensor(shape: [rows, k], elements: left)
    self.values = try Tensor(values).checkedResult(operation).elements
    rightTransposed = Tensor(shape: [k, columns], elements: right)
  }
}
