import PonderCore
import Testing

// That release builds say it too is shown by Scripts/import-check.sh, which runs one.
#if os(Linux) || os(macOS)
  @Suite struct TensorTrapTests {
    private func message(_ result: ExitTest.Result?) -> String {
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test func shapesThatDoNotBroadcastTrapWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(2, 3) + Tensor.zeros(4)
      }
      #expect(message(result).contains("shapes [2, 3] and [4] do not broadcast"))
    }

    @Test func productsThatDoNotFitTrapWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(2, 3).matmul(Tensor.zeros(4, 3))
      }
      #expect(message(result).contains("no matrix product of the shapes [2, 3] and [4, 3]"))
      let transposed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(5, 2, 3).matmul(Tensor.zeros(4, 2, 3), transposeSelf: true)
      }
      #expect(message(transposed).contains("no matrix product of the shapes [5, 2, 3]ᵀ and [4, 2, 3]"))
    }

    @Test func inPlaceArithmeticTrapsWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var t = Tensor.zeros(3)
        t += Tensor.zeros(2, 3)
      }
      #expect(message(result).contains("the shape [2, 3] does not broadcast to [3]"))
    }

    @Test func reshapingTrapsWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(2, 3).reshaped(4, 2)
      }
      #expect(message(result).contains("the shape [2, 3] cannot become [4, 2]"))
    }

    @Test func slicesOutsideTrapWithRangeAndShape() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(2, 3).slice(1..<5, axis: 1)
      }
      #expect(message(result).contains("range 1..<5 of axis 1 of the shape [2, 3]"))
    }

    @Test func indicesOutsideTrapWithIndexAndShape() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.zeros(2, 3)[2, 0]
      }
      #expect(message(result).contains("index [2, 0] in the shape [2, 3]"))
    }

    @Test func elementsThatDoNotFillTheShapeTrap() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor(shape: [2, 2], elements: [1, 2, 3])
      }
      #expect(message(result).contains("3 elements do not fill the shape [2, 2]"))
    }

    @Test func concatenationTrapsWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Tensor.concatenated([Tensor.zeros(2, 3), Tensor.zeros(2, 4)])
      }
      #expect(message(result).contains("shapes [2, 3] and [2, 4] along axis 0"))
    }

    @Test func activationsThatDoNotFitTheWeightsTrapWithBothShapes() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = WeightMatrix(Tensor.zeros(2, 3)).multiply(Tensor.zeros(5, 4))
      }
      #expect(message(result).contains("activations [5, 4] with weights [2, 3]"))
    }
  }
#endif
