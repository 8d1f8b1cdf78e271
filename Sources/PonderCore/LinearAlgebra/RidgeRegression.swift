internal import CPonderLAPACKE

/// The x that minimises |A·x − b|² + penalty·|x|².
///
/// Solved as least squares over A with √penalty·I below it, by the QR factorisation of LAPACK's `sgels`: forming
/// AᵀA + penalty·I would square the condition number, too much for single precision.
public struct RidgeRegression: Sendable, Hashable {
  /// x, [columns] or [columns, count] like the right-hand sides.
  public let solution: Tensor

  /// Solves for one or several right-hand sides.
  ///
  /// - Parameters:
  ///   - matrix: A, [rows, columns].
  ///   - rightSides: b, [rows] or [rows, count].
  ///   - penalty: Positive.
  /// - Throws: `LinearAlgebraError` when the shapes do not fit, a number is not finite, the penalty is not positive or the
  ///   solution overflows.
  public init(_ matrix: Tensor, _ rightSides: Tensor, penalty: Float) throws(LinearAlgebraError) {
    let operation = "ridge regression"
    try matrix.checkMatrix(operation)
    let count = try rightSides.checkRightSides(operation, of: matrix)
    guard penalty > 0, penalty.isFinite else { throw .penalty(penalty) }
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let root = penalty.squareRoot()
    var a = matrix.elements + Tensor.diagonal(Array(repeating: root, count: columns)).elements
    var b = rightSides.elements + Array(repeating: 0, count: columns * count)
    BLAS.useOneThread
    let info = LAPACKE_sgels(
      LAPACK_ROW_MAJOR, Character("N").option, Int32(rows + columns), Int32(columns), Int32(count), &a, Int32(columns),
      &b, Int32(count))
    // Every column has √penalty in a row of its own, so no column is a combination of the others.
    require(info == 0, "\(operation): LAPACK returned \(info)")
    solution = try Tensor(
      shape: [columns] + rightSides.shape.dropFirst(), elements: Array(b.prefix(columns * count))
    ).checkedResult(operation)
  }
}
