import Foundation
import PonderCore

/// A linear decision over features: w·x + b, by penalised logistic regression or by ridge regression.
struct LinearDecision: Sendable, Hashable {
  /// One for each feature.
  var weights: [Float]
  var bias: Float

  func callAsFunction(_ features: ArraySlice<Float>) -> Double {
    zip(weights, features).reduce(Double(bias)) { $0 + Double($1.0) * Double($1.1) }
  }

  /// Minimises Σ log-loss + penalty/2·|w|², the bias free, by iteratively reweighted least squares: each step solves
  /// (AᵀWA + penalty·I)·δ = Aᵀ(y − p) − penalty·w by a Cholesky factor.
  ///
  /// - Parameters:
  ///   - features: [examples, features], standardised.
  ///   - penalty: > 0.
  static func logistic(_ features: Tensor, _ labels: [Bool], penalty: Float) throws(FittingError) -> LinearDecision {
    let (rows, columns) = (features.shape[0], features.shape[1])
    let design = design(features)  // [rows, columns + 1], a column of ones last
    var w = [Float](repeating: 0, count: columns + 1)
    var loss = Double.infinity
    for _ in 0..<50 {
      let z = design.matmul(Tensor(shape: [columns + 1, 1], elements: w)).elements
      let p = z.map { 1 / (1 + exp(-Double($0))) }
      var now = Double(penalty) / 2 * w.dropLast().reduce(0) { $0 + Double($1) * Double($1) }
      for row in 0..<rows {
        let z = Double(z[row])
        now += max(z, 0) + log1p(exp(-abs(z))) - (labels[row] ? z : 0)
      }
      if loss - now < 1e-6 * Double(rows) { break }
      loss = now
      var scaled = design
      scaled.withUnsafeMutableElements { elements in
        for row in 0..<rows {
          let root = Float(max(p[row] * (1 - p[row]), 1e-6).squareRoot())
          for column in 0..<columns + 1 { elements[row * (columns + 1) + column] *= root }
        }
      }
      let residual = Tensor(shape: [rows, 1], elements: p.indices.map { Float((labels[$0] ? 1 : 0) - p[$0]) })
      var gradient = design.matmul(residual, transposeSelf: true).elements
      for column in 0..<columns { gradient[column] -= penalty * w[column] }
      let step = try solve(scaled.matmul(scaled, transposeSelf: true), penalty: penalty, gradient)
      for column in 0..<columns + 1 { w[column] += step[column] }
    }
    return LinearDecision(weights: Array(w.dropLast()), bias: w[columns])
  }

  /// Minimises Σ (w·x + b − y)² + penalty·|w|² with y = ±1, by the Cholesky factor of the normal equations.
  static func ridge(_ features: Tensor, _ labels: [Bool], penalty: Float) throws(FittingError) -> LinearDecision {
    let design = design(features)
    let targets = Tensor(shape: [labels.count, 1], elements: labels.map { $0 ? 1 : -1 })
    let w = try solve(
      design.matmul(design, transposeSelf: true), penalty: penalty,
      design.matmul(targets, transposeSelf: true).elements)
    return LinearDecision(weights: Array(w.dropLast()), bias: w[w.count - 1])
  }

  private static func design(_ features: Tensor) -> Tensor {
    Tensor.concatenated([features, Tensor(repeating: 1, shape: [features.shape[0], 1])], axis: 1)
  }

  /// (matrix + penalty·I)⁻¹·right, the bias being the last unknown and not penalised.
  private static func solve(_ matrix: Tensor, penalty: Float, _ right: [Float]) throws(FittingError) -> [Float] {
    let n = right.count
    var matrix = matrix
    matrix.withUnsafeMutableElements { elements in
      for index in 0..<n { elements[index * (n + 1)] += index == n - 1 ? 1e-4 : penalty }
    }
    do throws(LinearAlgebraError) {
      return try CholeskyFactor(matrix).solve(Tensor(right)).elements
    } catch {
      throw .unsolvable(error.description)
    }
  }
}
