import PonderCore
import Testing

@Suite struct LinearAlgebraTests {
  private func distance(_ a: Tensor, _ b: Tensor) -> Float { (a - b).magnitude().max() }

  // MARK: - Known cases

  @Test func choleskyOfAKnownMatrix() throws {
    // The textbook example: L has integer entries.
    let a = Tensor(rows: [[4, 12, -16], [12, 37, -43], [-16, -43, 98]])
    let factor = try CholeskyFactor(a)
    #expect(factor.lower == Tensor(rows: [[2, 0, 0], [6, 1, 0], [-8, 5, 3]]))
    // det = (2·1·3)².
    #expect((factor.logDeterminant - 3.5835189).magnitude < 1e-5)
    let x = Tensor([1, 2, 3])
    let solution = try factor.solve(a.matmul(x))
    #expect(distance(solution, x) < 1e-3)
  }

  @Test func leastSquaresFitsALine() throws {
    // y = 1 + 2t through (0, 1), (1, 3), (2, 5); the residual of a fourth point pulls evenly.
    let a = Tensor(rows: [[1, 0], [1, 1], [1, 2]])
    let fit = try LeastSquares(a, Tensor([1, 3, 5]))
    #expect(distance(fit.solution, Tensor([1, 2])) < 1e-5)
    #expect(fit.rank == 2)
  }

  @Test func leastSquaresTakesTheSmallestOfManySolutions() throws {
    let wide = try LeastSquares(Tensor(rows: [[1, 1]]), Tensor([2]))
    #expect(distance(wide.solution, Tensor([1, 1])) < 1e-6)
    let dependent = try LeastSquares(Tensor(rows: [[1, 1], [1, 1], [1, 1]]), Tensor([2, 2, 2]))
    #expect(dependent.rank == 1)
    #expect(distance(dependent.solution, Tensor([1, 1])) < 1e-5)
    #expect((dependent.singularValues[0] - Float(6).squareRoot()).magnitude < 1e-5)
  }

  @Test func ridgeShrinksTowardsZero() throws {
    // One column of ones: x = Σ b / (n + penalty).
    let a = Tensor.ones(4, 1)
    let x = try RidgeRegression(a, Tensor([1, 2, 3, 4]), penalty: 6).solution
    #expect(distance(x, Tensor([1])) < 1e-6)
    // Identical columns share the weight, which plain least squares by QR cannot decide.
    let shared = try RidgeRegression(Tensor.ones(4, 2), Tensor([1, 1, 1, 1]), penalty: 1e-3).solution
    #expect(distance(shared, Tensor([0.5, 0.5])) < 1e-3)
  }

  @Test func eigenvaluesOfAKnownMatrix() throws {
    let eigen = try SymmetricEigen(Tensor(rows: [[2, 1], [1, 2]]))
    #expect(distance(Tensor(eigen.values), Tensor([1, 3])) < 1e-6)
    let half = Float(0.5).squareRoot()
    #expect(distance(eigen.vectors.at(1, axis: 1).magnitude(), Tensor([half, half])) < 1e-6)
  }

  @Test func singularValuesOfAKnownMatrix() throws {
    let svd = try SingularValueDecomposition(Tensor(rows: [[3, 0], [0, -4], [0, 0]]))
    #expect(distance(Tensor(svd.values), Tensor([4, 3])) < 1e-6)
    #expect(svd.left.shape == [3, 2] && svd.rightTransposed.shape == [2, 2])
  }

  // MARK: - Random cases

  @Test(arguments: [1, 2, 5, 17, 64]) func factorsOfRandomMatricesMultiplyBack(_ n: Int) throws {
    var generator = SplitMix64(UInt64(50 + n))
    let g = Tensor.normal([n, n], using: &generator)
    let a = g.matmul(g, transposeOther: true) + Tensor.identity(n) * Float(n)
    let scale = a.magnitude().max()
    let factor = try CholeskyFactor(a)
    #expect(distance(factor.lower.matmul(factor.lower, transposeOther: true), a) < 1e-5 * scale)
    let x = Tensor.normal([n, 3], using: &generator)
    let solution = try factor.solve(a.matmul(x))
    #expect(distance(solution, x) < 1e-4)

    let eigen = try SymmetricEigen(a)
    let scaled = eigen.vectors * Tensor(eigen.values)
    #expect(distance(scaled.matmul(eigen.vectors, transposeOther: true), a) < 2e-5 * scale)
    #expect(distance(eigen.vectors.matmul(eigen.vectors, transposeSelf: true), .identity(n)) < 1e-5)
    #expect(eigen.values == eigen.values.sorted())
    let logDeterminant = Tensor(eigen.values).log().sum()
    #expect((factor.logDeterminant - logDeterminant).magnitude < 1e-3 * max(1, logDeterminant.magnitude))
  }

  @Test(arguments: [(1, 1), (3, 7), (7, 3), (40, 40), (100, 9)])
  func decompositionsOfRandomMatricesAgree(_ rows: Int, _ columns: Int) throws {
    var generator = SplitMix64(UInt64(60 + rows))
    let a = Tensor.normal([rows, columns], using: &generator)
    let svd = try SingularValueDecomposition(a)
    let product = (svd.left * Tensor(svd.values)).matmul(svd.rightTransposed)
    #expect(distance(product, a) < 2e-5 * svd.values[0])
    #expect(svd.values == svd.values.sorted(by: >))
    let k = min(rows, columns)
    #expect(distance(svd.left.matmul(svd.left, transposeSelf: true), .identity(k)) < 1e-5)
    #expect(distance(svd.rightTransposed.matmul(svd.rightTransposed, transposeOther: true), .identity(k)) < 1e-5)

    let b = Tensor.normal([rows, 2], using: &generator)
    let fit = try LeastSquares(a, b)
    #expect(fit.solution.shape == [columns, 2])
    #expect(distance(Tensor(fit.singularValues), Tensor(svd.values)) < 1e-4 * svd.values[0])
    // The residual is orthogonal to the columns.
    let residual = a.matmul(fit.solution) - b
    #expect(a.matmul(residual, transposeSelf: true).magnitude().max() < 1e-3)

    // (AᵀA + λI)·x = Aᵀb defines the ridge.
    let x = try RidgeRegression(a, b, penalty: 0.7).solution
    let normal = a.matmul(a.matmul(x), transposeSelf: true) + x * 0.7
    #expect(distance(normal, a.matmul(b, transposeSelf: true)) < 1e-3)
  }

  // MARK: - Errors

  @Test func aMatrixThatIsNotPositiveDefiniteIsNamedByItsMinor() {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 2)) {
      try CholeskyFactor(Tensor(rows: [[1, 2], [2, 1]]))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 1)) { try CholeskyFactor(Tensor.zeros(2, 2)) }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func numbersThatAreNotFiniteAreRefused(_ value: Float) throws {
    var a = Tensor.identity(3)
    a[2, 1] = value
    let good = Tensor.identity(3)
    let b = Tensor([1, value, 1])
    #expect(throws: LinearAlgebraError.nonFinite(operation: "Cholesky factorisation")) { try CholeskyFactor(a) }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "Cholesky solution")) {
      try CholeskyFactor(good).solve(b)
    }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "least squares")) { try LeastSquares(a, Tensor.ones(3)) }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "least squares")) { try LeastSquares(good, b) }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "ridge regression")) {
      try RidgeRegression(good, b, penalty: 1)
    }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "symmetric eigenvalues")) { try SymmetricEigen(a) }
    #expect(throws: LinearAlgebraError.nonFinite(operation: "singular value decomposition")) {
      try SingularValueDecomposition(a)
    }
    #expect(throws: LinearAlgebraError.penalty(value == value ? value : 0)) {
      try RidgeRegression(good, Tensor.ones(3), penalty: value == value ? value : 0)
    }
  }

  @Test func resultsBeyondSinglePrecisionAreRefused() throws {
    // 1e30 / 1e-30 is 1e60; the largest float is 3.4e38.
    let (tiny, large) = (Tensor(rows: [[1e-30]]), Tensor([1e30]))
    #expect(throws: LinearAlgebraError.overflow(operation: "Cholesky solution")) {
      try CholeskyFactor(tiny).solve(large)
    }
    #expect(throws: LinearAlgebraError.overflow(operation: "least squares")) { try LeastSquares(tiny, large) }
    #expect(throws: LinearAlgebraError.overflow(operation: "ridge regression")) {
      // 1e-10·1e30 / (1e-20 + 1e-20) = 5e39.
      try RidgeRegression(Tensor(rows: [[1e-10]]), large, penalty: 1e-20)
    }
    // The only eigenvalue of [[a, a], [a, a]] other than 0 is 2a, and so is the singular value.
    let huge = Tensor.ones(2, 2) * 3e38
    #expect(throws: LinearAlgebraError.overflow(operation: "symmetric eigenvalues")) { try SymmetricEigen(huge) }
    #expect(throws: LinearAlgebraError.overflow(operation: "singular value decomposition")) {
      try SingularValueDecomposition(huge)
    }
  }

  /// No finite matrix is known on which LAPACK's iterations give up, so their return value is given here.
  @Test func whatAnIterationLeavesUnsettledIsCounted() {
    #expect(throws: LinearAlgebraError.notConverged(operation: "symmetric eigenvalues", unsettled: 3)) {
      try LinearAlgebraError.check(3, "symmetric eigenvalues")
    }
    #expect(
      LinearAlgebraError.notConverged(operation: "least squares", unsettled: 2).description
        == "least squares did not converge: 2 values unsettled")
    #expect(throws: Never.self) { try LinearAlgebraError.check(0, "symmetric eigenvalues") }
  }

  /// The case that QR could not decide, had the penalty not made the columns independent: even at the smallest there is.
  @Test func theSmallestPenaltyStillTellsEqualColumnsApart() throws {
    let x = try RidgeRegression(Tensor.ones(1, 2), Tensor([0]), penalty: .leastNonzeroMagnitude).solution
    #expect(x == Tensor([0, 0]))
  }

  @Test func shapesThatDoNotFitAreRefusedWithBoth() throws {
    #expect(throws: LinearAlgebraError.shape(operation: "Cholesky factorisation", shapes: [[2, 3]])) {
      try CholeskyFactor(Tensor.zeros(2, 3))
    }
    #expect(throws: LinearAlgebraError.shape(operation: "Cholesky solution", shapes: [[2, 2], [3]])) {
      try CholeskyFactor(Tensor.identity(2)).solve(Tensor.zeros(3))
    }
    #expect(throws: LinearAlgebraError.shape(operation: "least squares", shapes: [[2, 2], [3, 1]])) {
      try LeastSquares(Tensor.identity(2), Tensor.zeros(3, 1))
    }
    #expect(throws: LinearAlgebraError.shape(operation: "symmetric eigenvalues", shapes: [[4]])) {
      try SymmetricEigen(Tensor.zeros(4))
    }
    #expect(throws: LinearAlgebraError.shape(operation: "singular value decomposition", shapes: [[0, 3]])) {
      try SingularValueDecomposition(Tensor.zeros(0, 3))
    }
    #expect(
      LinearAlgebraError.shape(operation: "least squares", shapes: [[2, 2], [3]]).description
        == "least squares is not defined for the shapes [2, 2] and [3]")
  }
}
