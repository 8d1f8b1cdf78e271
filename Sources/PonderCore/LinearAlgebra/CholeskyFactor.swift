internal import CPonderLAPACKE

/// The factor L of a symmetric positive definite matrix A = L·Lᵀ, by LAPACK's `spotrf`.
public struct CholeskyFactor: Sendable, Hashable {
  /// L, [n, n], zeros above the diagonal.
  public let lower: Tensor

  /// Factors a matrix [n, n], of which only the lower triangle is read.
  ///
  /// - Throws: `LinearAlgebraError` when the matrix is not square, not finite or not positive definite.
  public init(_ matrix: Tensor) throws(LinearAlgebraError) {
    try matrix.checkMatrix("Cholesky factorisation", isSquare: true)
    let n = matrix.shape[0]
    var lower = matrix
    BLAS.useOneThread
    let info = lower.elements.withUnsafeMutableBufferPointer {
      LAPACKE_spotrf(LAPACK_ROW_MAJOR, Character("L").option, Int32(n), $0.baseAddress, Int32(n))
    }
    require(info >= 0, "Cholesky factorisation: LAPACK returned \(info)")
    guard info == 0 else { throw .notPositiveDefinite(order: Int(info)) }
    for row in 0..<n {
      for column in row + 1..<max(n, row + 1) { lower.elements[row * n + column] = 0 }
    }
    self.lower = lower
  }

  /// x of A·x = b, by `spotrs`.
  ///
  /// - Parameter rightSides: [n] or [n, count].
  /// - Returns: The shape of `rightSides`.
  /// - Throws: `LinearAlgebraError` when the shapes do not fit, a number is not finite or the solution overflows.
  public func solve(_ rightSides: Tensor) throws(LinearAlgebraError) -> Tensor {
    let operation = "Cholesky solution"
    let count = try rightSides.checkRightSides(operation, of: lower)
    let n = lower.shape[0]
    var solution = rightSides
    BLAS.useOneThread
    solution.elements.withUnsafeMutableBufferPointer { b in
      lower.elements.withUnsafeBufferPointer { a in
        // The only failures of `spotrs` are wrong arguments.
        _ = LAPACKE_spotrs(
          LAPACK_ROW_MAJOR, Character("L").option, Int32(n), Int32(count), a.baseAddress, Int32(n), b.baseAddress,
          Int32(count))
      }
    }
    return try solution.checkedResult(operation)
  }

  /// Natural logarithm of the determinant of A.
  public var logDeterminant: Float {
    let n = lower.shape[0]
    return 2 * Tensor((0..<n).map { lower.elements[$0 * (n + 1)] }).log().sum()
  }
}
