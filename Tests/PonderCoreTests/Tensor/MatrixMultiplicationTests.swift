import PonderCore
import Testing

@Suite struct MatrixMultiplicationTests {
  /// Σ over the inner axis of plain loops in double precision.
  private func naive(_ a: Tensor, _ b: Tensor, row: Int, column: Int) -> ExactSum {
    var sum = ExactSum()
    for k in 0..<a.shape[1] { sum.add(Double(a[row, k]) * Double(b[k, column])) }
    return sum
  }

  @Test(arguments: [(1, 1, 1), (2, 3, 4), (5, 1, 7), (17, 33, 9), (64, 65, 1), (1, 100, 31)])
  func everyTranspositionGivesTheProduct(_ m: Int, _ k: Int, _ n: Int) {
    var generator = SplitMix64(41)
    let a = Tensor.uniform([m, k], in: -1...1, using: &generator)
    let b = Tensor.uniform([k, n], in: -1...1, using: &generator)
    for product in [
      a.matmul(b), a.transposed().matmul(b, transposeSelf: true), a.matmul(b.transposed(), transposeOther: true),
      a.transposed().matmul(b.transposed(), transposeSelf: true, transposeOther: true),
    ] {
      #expect(product.shape == [m, n])
      for i in 0..<m {
        for j in 0..<n { #expect(naive(a, b, row: i, column: j).admits(product[i, j], terms: k)) }
      }
    }
  }

  @Test func vectorsAreRowsOnTheLeftAndColumnsOnTheRight() {
    let m = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
    #expect(m.matmul(Tensor([1, 0, -1])) == Tensor([-2, -2]))
    #expect(m.matmul(Tensor([1, -1]), transposeSelf: true) == Tensor([-3, -3, -3]))
    #expect(Tensor([1, -1]).matmul(m) == Tensor([-3, -3, -3]))
    #expect(Tensor([1, 0, -1]).matmul(m, transposeOther: true) == Tensor([-2, -2]))
    #expect(Tensor([1, 2, 3]).matmul(Tensor([4, 5, 6])) == Tensor(scalar: 32))
    #expect(Tensor([1, -1]).matmul(Tensor.stacked([m, m])).shape == [2, 3])
  }

  @Test func batchesMultiplyPlaceByPlaceAndBroadcast() {
    var generator = SplitMix64(42)
    let a = Tensor.uniform([2, 3, 4, 5], using: &generator)
    let b = Tensor.uniform([3, 5, 6], using: &generator)
    let product = a.matmul(b)
    #expect(product.shape == [2, 3, 4, 6])
    for i in 0..<2 {
      for j in 0..<3 {
        let expected = a.at(i).at(j).matmul(b.at(j))
        #expect((product.at(i).at(j) - expected).magnitude().max() < 1e-5)
      }
    }
    let shared = a.matmul(b.at(0))
    #expect((shared.at(1).at(2) - a.at(1).at(2).matmul(b.at(0))).magnitude().max() < 1e-5)
    let left = b.at(0).matmul(a, transposeSelf: true, transposeOther: true)
    #expect(left.shape == [2, 3, 6, 4])
    #expect((left - shared.transposed()).magnitude().max() < 1e-5)
    let columns = a.matmul(Tensor.ones(5))
    #expect(columns.shape == [2, 3, 4])
    #expect((columns - a.sum(axis: -1)).magnitude().max() < 1e-5)
  }

  @Test func emptyProductsAreZeros() {
    #expect(Tensor.zeros(2, 0).matmul(Tensor.zeros(0, 3)) == Tensor.zeros(2, 3))
    #expect(Tensor.zeros(0, 4).matmul(Tensor.zeros(4, 3)).shape == [0, 3])
  }
}
