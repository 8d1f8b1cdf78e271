/// Why a factorisation or a solution does not exist or was not found.
public enum LinearAlgebraError: Error, Sendable, Equatable {
  /// The matrices do not fit the operation or each other.
  case shape(operation: String, shapes: [[Int]])
  /// An element is NaN or infinite.
  case nonFinite(operation: String)
  /// The leading minor of this order is not positive, so there is no Cholesky factor.
  case notPositiveDefinite(order: Int)
  /// An iteration ended before this many values had settled.
  case notConverged(operation: String, unsettled: Int)
  /// A column is a combination of the others to working precision, so there is no single solution.
  case rankDeficient(column: Int)
  /// A ridge penalty that is not a positive number.
  case penalty(Float)
}

extension LinearAlgebraError: CustomStringConvertible {
  /// One sentence that names the operation and what is wrong.
  public var description: String {
    switch self {
    case .shape(let operation, let shapes):
      "\(operation) is not defined for the shapes \(shapes.map(\.description).joined(separator: " and "))"
    case .nonFinite(let operation): "\(operation) was given a number that is not finite"
    case .notPositiveDefinite(let order): "the matrix is not positive definite: its leading minor \(order) is not"
    case .notConverged(let operation, let unsettled): "\(operation) did not converge: \(unsettled) values unsettled"
    case .rankDeficient(let column): "column \(column) depends on the others"
    case .penalty(let penalty): "a ridge penalty must be positive and finite, not \(penalty)"
    }
  }
}

extension Tensor {
  /// A matrix that is not empty and finite throughout.
  func checkMatrix(_ operation: String, isSquare: Bool = false) throws(LinearAlgebraError) {
    guard rank == 2, count > 0, !isSquare || shape[0] == shape[1], shape.allSatisfy({ $0 <= Int32.max }) else {
      throw .shape(operation: operation, shapes: [shape])
    }
    try checkFinite(operation)
  }

  /// Right-hand sides of `rows` equations: [rows] or [rows, count]. Gives the count.
  func checkRightSides(_ operation: String, of matrix: Tensor) throws(LinearAlgebraError) -> Int {
    guard rank == 1 || rank == 2, count > 0, shape[0] == matrix.shape[0] else {
      throw .shape(operation: operation, shapes: [matrix.shape, shape])
    }
    try checkFinite(operation)
    return rank == 1 ? 1 : shape[1]
  }

  private func checkFinite(_ operation: String) throws(LinearAlgebraError) {
    guard elements.allSatisfy(\.isFinite) else { throw .nonFinite(operation: operation) }
  }
}

extension Character {
  /// LAPACK's options are single letters.
  var option: CChar { CChar(bitPattern: asciiValue ?? 0) }
}
