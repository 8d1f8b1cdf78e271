import PonderCore
import Testing

@Suite struct TensorTests {
  @Test func creationFillsRowMajor() {
    #expect(Tensor(rows: [[1, 2], [3, 4]]).elements == [1, 2, 3, 4])
    #expect(Tensor.identity(2) == Tensor(rows: [[1, 0], [0, 1]]))
    #expect(Tensor.diagonal([2, 3]) == Tensor(rows: [[2, 0], [0, 3]]))
    #expect(Tensor.range(3, from: 1, by: 0.5) == Tensor([1, 1.5, 2]))
    #expect(Tensor.zeros(2, 0).count == 0)
    #expect(Tensor(scalar: 3).shape == [] && Tensor(scalar: 3).scalar == 3)
    #expect(Tensor.ones(2, 2).sum() == 4)
    #expect(Tensor(rows: []).shape == [0, 0])
  }

  @Test func randomTensorsFollowTheirSeedAndDistribution() {
    var (a, b) = (SplitMix64(40), SplitMix64(40))
    let x = Tensor.normal([100, 100], mean: 2, deviation: 3, using: &a)
    #expect(x == Tensor.normal([100, 100], mean: 2, deviation: 3, using: &b))
    // Standard errors of 10,000 draws: 0.03 and 0.13.
    #expect((x.mean() - 2).magnitude < 0.12 && (x.variance() - 9).magnitude < 0.5)
    let u = Tensor.uniform([10_000], in: -1...3, using: &a)
    #expect(u.min() >= -1 && u.max() < 3 && (u.mean() - 1).magnitude < 0.05)
  }

  @Test func copiesShareUntilOneChanges() {
    let original = Tensor([1, 2, 3])
    var copy = original
    copy[1] = 7
    copy.withUnsafeMutableElements { $0[2] = 9 }
    #expect(original == Tensor([1, 2, 3]))
    #expect(copy == Tensor([1, 7, 9]))
  }

  @Test func indicesReadAndWriteOneElement() {
    var t = Tensor.range(24).reshaped(2, 3, 4)
    #expect(t[1, 2, 3] == 23 && t[0, 1, 0] == 4)
    t[1, 0, 2] = -1
    #expect(t.elements[14] == -1)
  }

  @Test func reshapingKeepsTheOrder() {
    let t = Tensor.range(6)
    #expect(t.reshaped(2, 3)[1, 0] == 3)
    #expect(t.reshaped(-1, 2).shape == [3, 2])
    #expect(t.reshaped(2, 3).transposed() == Tensor(rows: [[0, 3], [1, 4], [2, 5]]))
    let cube = Tensor.range(24).reshaped(2, 3, 4)
    let turned = cube.permuted([2, 0, 1])
    #expect(turned.shape == [4, 2, 3])
    for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { #expect(turned[k, i, j] == cube[i, j, k]) } } }
  }

  @Test func slicesOfAnyAxisAreCopies() {
    let t = Tensor.range(24).reshaped(2, 3, 4)
    let slice = t.slice(1..<3, axis: 1)
    #expect(slice.shape == [2, 2, 4])
    for i in 0..<2 { for j in 0..<2 { for k in 0..<4 { #expect(slice[i, j, k] == t[i, j + 1, k]) } } }
    #expect(t.at(1).shape == [3, 4] && t.at(1)[0, 0] == 12)
    #expect(t.at(-1 + 4, axis: -1).elements == [3, 7, 11, 15, 19, 23])
    #expect(t.slice(1..<1).shape == [0, 3, 4])
    var changed = t
    changed.replace(1..<3, axis: 1, with: slice * 0)
    #expect(changed.sum() == t.slice(0..<1, axis: 1).sum())
  }

  @Test func concatenationAndStackingFollowTheAxis() {
    let (a, b) = (Tensor(rows: [[1, 2], [3, 4]]), Tensor(rows: [[5, 6], [7, 8]]))
    #expect(Tensor.concatenated([a, b]) == Tensor(rows: [[1, 2], [3, 4], [5, 6], [7, 8]]))
    #expect(Tensor.concatenated([a, b], axis: 1) == Tensor(rows: [[1, 2, 5, 6], [3, 4, 7, 8]]))
    #expect(Tensor.stacked([a, b]).shape == [2, 2, 2])
    #expect(Tensor.concatenated([a.slice(0..<0), a]) == a)
  }

  @Test func arithmeticBroadcastsAsNumPy() {
    let m = Tensor(rows: [[1, 2, 3], [4, 5, 6]])
    #expect(m + Tensor([10, 20, 30]) == Tensor(rows: [[11, 22, 33], [14, 25, 36]]))
    #expect(m * Tensor(rows: [[2], [3]]) == Tensor(rows: [[2, 4, 6], [12, 15, 18]]))
    #expect(Tensor([1, 2]).reshaped(2, 1) - Tensor([1, 2]) == Tensor(rows: [[0, -1], [1, 0]]))
    #expect(m + Tensor(scalar: 1) == m + 1)
    #expect(6 / Tensor([1, 2, 3]) == Tensor([6, 3, 2]))
    #expect(1 - m == -(m - 1))
    #expect(Tensor.broadcastShape([3, 1], [2, 1, 4]) == [2, 3, 4])
    #expect(Tensor.broadcastShape([3], [4]) == nil)
    #expect(Tensor.broadcastShape([0], [1]) == [0])
    var n = m
    n += Tensor([1, 1, 1])
    n -= Tensor(scalar: 1)
    n *= Tensor(rows: [[2], [2]])
    n /= Tensor(scalar: 2)
    n *= 1
    #expect(n == m)
  }

  @Test func functionsApplyToEveryElement() {
    let t = Tensor([-2, 0, 2])
    #expect(t.squared() == Tensor([4, 0, 4]) && t.magnitude() == Tensor([2, 0, 2]))
    #expect(t.clamped(to: -1...1) == Tensor([-1, 0, 1]))
    #expect((t.exp().log() - t).magnitude().max() < 1e-6)
    #expect((t.sigmoid() - Tensor([0.11920292, 0.5, 0.88079708])).magnitude().max() < 1e-6)
    #expect((t.tanh() - Tensor([-0.9640276, 0, 0.9640276])).magnitude().max() < 1e-6)
    #expect(Tensor([-200, 200]).sigmoid() == Tensor([0, 1]))
    #expect(Tensor([4, 9]).squareRoot() == Tensor([2, 3]))
  }

  @Test func reductionsTakeAllOrOneAxis() {
    let m = Tensor(rows: [[1, 2, 6], [4, 5, 3]])
    #expect(m.sum() == 21 && m.mean() == 3.5 && m.max() == 6 && m.min() == 1)
    #expect((m.variance() - 35.0 / 12).magnitude < 1e-6)
    #expect(Tensor([3, 4]).norm() == 5)
    #expect(m.sum(axis: 0) == Tensor([5, 7, 9]) && m.sum(axis: 1) == Tensor([9, 12]))
    #expect(m.mean(axis: -1, keepingAxis: true) == Tensor(rows: [[3], [4]]))
    #expect(m.max(axis: 0) == Tensor([4, 5, 6]) && m.min(axis: 1) == Tensor([1, 3]))
    #expect((m.variance(axis: 1) - Tensor([14.0 / 3, 2.0 / 3])).magnitude().max() < 1e-6)
    #expect(m.argmax() == [2, 1])
    #expect(Tensor.zeros(0).sum() == 0 && Tensor.zeros(0).max() == -.infinity)
    #expect(Tensor.zeros(3, 0).sum(axis: 1) == Tensor.zeros(3))
  }

  @Test func softmaxWorksAlongAnyAxisWithoutOverflow() {
    let t = Tensor(rows: [[1000, 1001], [0, 1]])
    let expected: [Float] = [0.26894142, 0.73105858]
    #expect((t.softmax() - Tensor(rows: [expected, expected])).magnitude().max() < 1e-6)
    #expect((t.transposed().softmax(axis: 0) - t.softmax().transposed()).magnitude().max() == 0)
    #expect((t.logSoftmax().exp() - t.softmax()).magnitude().max() < 1e-6)
    #expect(Tensor([0, -200]).logSoftmax() == Tensor([0, -200]))
  }

  @Test func descriptionsCanBeRead() {
    #expect(
      Tensor(rows: [[1, 2.5, -3], [0, 0.12345, 12]]).description == """
        Tensor [2, 3]
        [[   1.0,    2.5,   -3.0],
         [   0.0, 0.1235,   12.0]]
        """)
    #expect(Tensor.range(100).description == "Tensor [100]\n[ 0.0,  1.0,  2.0, …, 97.0, 98.0, 99.0]")
    #expect(Tensor(scalar: .nan).description == "Tensor []\nnan")
    #expect(Tensor([]).description == "Tensor [0]\n[]")
    #expect(Tensor.zeros(100, 100, 100).description.count < 3000)
  }
}
