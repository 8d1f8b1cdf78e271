import PonderCore

/// One decoder block: attention and a gated feed-forward network, each behind its normalisation.
package struct TransformerLayer: Sendable {
  /// [width]
  package var attentionNorm: [Float]
  /// [heads · d, width]
  package var query: Projection
  /// [kvHeads · d, width]
  package var key: Projection
  /// [kvHeads · d, width]
  package var value: Projection
  /// Per head, [d] (Qwen3).
  package var queryNorm: [Float]?
  package var keyNorm: [Float]?
  /// [width, heads · d]
  package var attentionOutput: Projection
  /// [width]
  package var feedForwardNorm: [Float]
  /// [intermediate, width]
  package var gate: Projection
  /// [intermediate, width]
  package var up: Projection
  /// [width, intermediate]
  package var down: Projection
  /// Positions that a query sees, itself included; `nil` is all.
  package var attentionWindow: Int?

  package init(
    attentionNorm: [Float], query: Projection, key: Projection, value: Projection, queryNorm: [Float]?,
    keyNorm: [Float]?, attentionOutput: Projection, feedForwardNorm: [Float], gate: Projection, up: Projection,
    down: Projection, attentionWindow: Int?
  ) {
    self.attentionNorm = attentionNorm
    self.query = query
    self.key = key
    self.value = value
    self.queryNorm = queryNorm
    self.keyNorm = keyNorm
    self.attentionOutput = attentionOutput
    self.feedForwardNorm = feedForwardNorm
    self.gate = gate
    self.up = up
    self.down = down
    self.attentionWindow = attentionWindow
  }
}
