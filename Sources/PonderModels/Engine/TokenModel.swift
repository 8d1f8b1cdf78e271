import PonderGeneration

/// What the engine needs of a model: token ids in, rows of outputs out.
package protocol TokenModel: Sendable {
  var vocabularySize: Int { get }
  /// What the cache has to hold for each position.
  var cacheShape: KVStorage.Shape { get }
  /// Who may work on outputs between passes; by default the calling thread.
  var workers: Workers { get }

  /// The hidden states of the tokens whose outputs are wanted, in the order of the batch: [outputs, width].
  func forward(_ batch: Batch, cache: KVStorage) -> Activations
  /// hidden [rows, width] → logits [rows, vocabulary]
  func logits(_ hidden: borrowing Activations) -> Activations
  /// The logits of some tokens for one hidden state.
  func logits(_ hidden: UnsafePointer<Float>, of tokens: [Token]) -> [Float]
  /// The head's outputs for one hidden state.
  func headOutputs(_ hidden: UnsafePointer<Float>) -> [Float]
}

extension TokenModel {
  package var workers: Workers { Workers(count: 1) }
}
