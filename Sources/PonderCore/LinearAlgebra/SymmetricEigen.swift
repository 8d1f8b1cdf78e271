internal import CPonderLAPACKE

/// Eigenvalues and eigenvectors of a symmetric matrix A = V·diag(values)·Vᵀ, by LAPACK's `ssyevd`.
public struct SymmetricEigen: Sendable, Hashable {
  /// Ascending, [n].
  public let values: [Float]
  /// V, [n, n]: column i belongs to value i; columns are orthonormal, their signs arbitrary.
  public let vectors: Tensor

  /// Decomposes a matrix [n, n], of which only the lower triangle is read.
  ///
  /// - Throws: `LinearAlgebraError` when the matrix is not square or not finite, the iteration does not converge or a value
  ///   overflows.
  public init(_ matrix: Tensor) throws(LinearAlgebraError) {
    let operation = "symmetric eigenvalues"
    try matrix.checkMatrix(operation, isSquare: true)
    let n = matrix.shape[0]
    var vectors = matrix
    var values = Array(repeating: Float(0), count: n)
    BLAS.useOneThread
    let info = vectors.elements.withUnsafeMutableBufferPointer {
      LAPACKE_ssyevd(
        LAPACK_ROW_MAJOR, Character("V").option, Character("L").option, Int32(n), $0.baseAddress, Int32(n), &values)
    }
    try LinearAlgebraError.check(info, operation)
    self.values = try Tensor(values).checkedResult(operation).elements
    self.vectors = vectors
  }
}
