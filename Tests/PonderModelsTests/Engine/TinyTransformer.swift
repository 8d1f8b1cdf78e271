import Foundation
import PonderCore
import PonderGeneration
import PonderModels

/// A random transformer in memory, with every feature that could make a result depend on its surroundings: grouped
/// heads, a sliding window in one layer, head norms, biases.
enum TinyTransformer {
  enum Weights: String, CaseIterable {
    case f32, f16, q8
    /// Floats rounded at load.
    case int4
  }

  static func make(_ weights: Weights, threads: Int = 1, backend: MatrixBackend = .openBLAS) -> Transformer {
    var generator = Seed(11).generator
    func normal() -> Float {
      let (u, v) = (Double.random(in: 1e-9..<1, using: &generator), Double.random(in: 0..<1, using: &generator))
      return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
    }
    func vector(_ count: Int, around mean: Float = 0) -> [Float] { (0..<count).map { _ in mean + 0.1 * normal() } }
    func matrix(_ rows: Int, _ columns: Int) -> WeightMatrix {
      let values = (0..<rows * columns).map { _ in normal() / Float(columns).squareRoot() }
      var matrix = encode(values, rows, columns, weights)
      matrix.backend = backend
      do {
        return try matrix.packed(weights == .int4 ? .int4 : .asStored)
      } catch {
        preconditionFailure("\(error)")
      }
    }
    func projection(_ rows: Int, _ columns: Int) -> Projection {
      Projection(matrix(rows, columns), bias: vector(rows))
    }
    let (width, heads, kvHeads, d, intermediate, vocabulary) = (64, 4, 2, 32, 160, 200)
    let layers = (0..<3).map { index in
      TransformerLayer(
        attentionNorm: vector(width, around: 1), query: projection(heads * d, width),
        key: projection(kvHeads * d, width), value: projection(kvHeads * d, width),
        queryNorm: vector(d, around: 1), keyNorm: vector(d, around: 1),
        attentionOutput: projection(width, heads * d), feedForwardNorm: vector(width, around: 1),
        gate: projection(intermediate, width), up: projection(intermediate, width),
        down: projection(width, intermediate), attentionWindow: index == 1 ? 21 : nil)
    }
    var configuration = exampleConfiguration
    configuration.hiddenSize = width
    configuration.layerCount = layers.count
    configuration.headCount = heads
    configuration.keyValueHeadCount = kvHeads
    configuration.headDimension = d
    configuration.intermediateSize = intermediate
    configuration.vocabularySize = vocabulary
    configuration.attentionWindows = layers.map(\TransformerLayer.attentionWindow)
    configuration.tiedEmbeddings = false
    return Transformer(
      configuration: configuration, embedding: matrix(vocabulary, width), layers: layers,
      finalNorm: vector(width, around: 1), output: projection(vocabulary, width), head: projection(2, width),
      workers: Workers(count: threads))
  }

  /// The example model's, for the properties that do not matter here.
  private static let exampleConfiguration: ModelConfiguration = {
    do {
      return try Checkpoint(ModelData.example.path).configuration
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private static func encode(_ values: [Float], _ rows: Int, _ columns: Int, _ weights: Weights) -> WeightMatrix {
    let bytes: [UInt8]
    let format: WeightFormat
    switch weights {
    case .f32, .int4: return WeightMatrix(Tensor(shape: [rows, columns], elements: values))
    case .f16:
      (format, bytes) = (.f16, values.flatMap { halfBytes($0) })
    case .q8:
      // One scale and 32 signed bytes a block.
      format = .q8_0
      bytes = stride(from: 0, to: values.count, by: 32).flatMap { start in
        let block = values[start..<start + 32]
        let scale = (block.map(abs).max() ?? 0) / 127
        return halfBytes(scale) + block.map { UInt8(bitPattern: Int8(($0 / scale).rounded())) }
      }
    }
    do {
      return try bytes.withUnsafeBytes {
        try WeightMatrix(format: format, rows: rows, columns: columns, storage: WeightStorage(copying: $0))
      }
    } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func halfBytes(_ value: Float) -> [UInt8] {
    var half: UInt16 = 0
    Kernels.best.narrowF16(&half, [value], 1)
    return [UInt8(truncatingIfNeeded: half), UInt8(truncatingIfNeeded: half >> 8)]
  }
}
