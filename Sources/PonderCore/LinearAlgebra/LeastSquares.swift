internal import CPonderLAPACKE

/// The x of smallest norm among those that minimise |A·x − b|, by LAPACK's `sgelsd` over the singular values of A.
public struct LeastSquares: Sendable, Hashable {
  /// x, [columns] or [columns, count] like the right-hand sides.
  public let solution: Tensor
  /// Singular values of A above working precision.
  public let rank: Int
  /// All singular values of A, the largest first.
  public let singularValues: [Float]

  /// Solves for one or several right-hand sides; more unknowns than equations and dependent columns are allowed.
  ///
  /// - Parameters:
  ///   - matrix: A, [rows, columns].
  ///   - rightSides: b, [rows] or [rows, count].
  /// - Throws: `LinearAlgebraError` when the shapes do not fit, a number is not finite, the singular values do not
  ///   converge or the solution overflows.
  public init(_ matrix: Tensor, _ rightSides: Tensor) throws(LinearAlgebraError) {
    let operation = "least squares"
    try matrix.checkMatrix(operation)
    let count = try rightSides.checkRightSides(operation, of: matrix)
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    var a = matrix.elements
    // The solution comes back in place of b and may have more rows.
    var b = rightSides.elements + Array(repeating: 0, count: max(0, columns - rows) * count)
    var values = Array(repeating: Float(0), count: min(rows, columns))
    var rank = Int32(0)
    BLAS.useOneThread
    let info = LAPACKE_sgelsd(
      LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), Int32(count), &a, Int32(columns), &b, Int32(count), &values, -1,
      &rank)
    try LinearAlgebraError.check(info, operation)
    solution = try Tensor(
      shape: [columns] + rightSides.shape.dropFirst(), elements: Array(b.prefix(columns * count))
    ).checkedResult(operation)
    self.rank = Int(rank)
    singularValues = values
  }
}
