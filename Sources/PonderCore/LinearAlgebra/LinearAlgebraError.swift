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
  /// The result is larger than any single-precision number.
  case overflow(operation: String)
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
    case .overflow(let operation): "\(operation) has a result too large for single precision"
    case .penalty(let penalty): "a ridge penalty must be positive and finite, not \(penalty)"
    }
  }
}

extension LinearAlgebraError {
  /// Throws what a return value of LAPACK's iterations means: a positive one counts what has not settled.
  ///
  /// A negative one is a wrong argument or memory that was not there, neither of which an input can bring about.
  package static func check(_ info: Int32, _ operation: String) throws(LinearAlgebraError) {
    require(info >= 0, "\(operation): LAPACK returned \(info)")
    if info > 0 { throw .notConverged(operation: operation, unsettled: Int(info)) }
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

  /// A result, which may have overflowed although everything given was finite.
  func checkedResult(_ operation: String) throws(LinearAlgebraError) -> Tensor {
    guard elements.allSatisfy(\.isFinite) else { throw .overflow(operation: operation) }
    return self
  }

  private func checkFinite(_ operation: String) throws(LinearAlgebraError) {
    guard elements.allSatisfy(\.isFinite) else { throw .nonFinite(operation: operation) }
  }
}

extension Character {
  /// LAPACK's options are single letters.
  var option: CChar { CChar(bitPattern: asciiValue ?? 0) }
}
