import PonderCore
import PonderGeneration

// Only rows that are read come here.
extension Transformer: TokenModel {
  package var cacheShape: KVStorage.Shape {
    KVStorage.Shape(
      layers: configuration.layerCount, kvHeads: configuration.keyValueHeadCount,
      headDimension: configuration.headDimension)
  }

  package var vocabularySize: Int { configuration.vocabularySize }

  /// hidden [rows, width] → logits [rows, vocabulary]
  package func logits(_ hidden: borrowing Activations) -> Activations {
    guard let output else { preconditionFailure("this checkpoint has no output matrix") }
    return output(hidden, workers)
  }

  /// The logits of a few tokens, from the tiles of the output matrix that hold them.
  package func logits(_ hidden: UnsafePointer<Float>, of tokens: [Token]) -> [Float] {
    guard let output else { preconditionFailure("this checkpoint has no output matrix") }
    let tile = WeightMatrix.outputTile
    let values = Activations(rows: 1, width: tile)
    let x = LinearInput(rows: 1, width: configuration.hiddenSize, for: [output])
    x.set(row: 0, columns: 0..<x.width, hidden)
    return tokens.map { token in
      let first = Int(token) / tile * tile
      // Output r is written at `y + r`; only those from `first` on are computed.
      x.multiply(output, outputs: first..<Int(token) + 1, into: values.pointer - first, stride: vocabularySize)
      return values.pointer[Int(token) - first]
    }
  }

  /// The head's outputs for one hidden state: [labels].
  package func headOutputs(_ hidden: UnsafePointer<Float>) -> [Float] {
    guard let head else { preconditionFailure("this checkpoint has no reward or classification head") }
    let x = Activations(rows: 1, width: configuration.hiddenSize)
    x.pointer.update(from: hidden, count: x.width)
    if let hiddenHead {
      let h = hiddenHead(x, Workers(count: 1))  // h [1, width]
      for index in 0..<h.count { x.pointer[index] = max(h.pointer[index], 0) }
    }
    let y = head(x, Workers(count: 1))
    return Array(y.rowBuffer(0))
  }
}
