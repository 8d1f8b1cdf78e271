import PonderGeneration

/// Names a sequence inside the engine; never used twice.
package struct SequenceID: Sendable, Hashable, Comparable {
  package let number: Int

  package init(_ number: Int) { self.number = number }

  package static func < (a: SequenceID, b: SequenceID) -> Bool { a.number < b.number }
}

/// Consecutive tokens of one sequence that go through the model in one step.
package struct SequenceSlice: Sendable, Hashable {
  package var id: SequenceID
  package var tokens: [Token]
  /// Of the first token.
  package var position: Int
  /// All blocks of the sequence up to the end of the slice, those before it included.
  package var blocks: [KVBlockPool.Block]
  /// Which tokens' outputs are wanted, counted from the slice's first, ascending.
  package var outputs: [Int]

  package init(
    id: SequenceID, tokens: [Token], position: Int, blocks: [KVBlockPool.Block], outputs: [Int]
  ) {
    self.id = id
    self.tokens = tokens
    self.position = position
    self.blocks = blocks
    self.outputs = outputs
  }
}

/// What one forward pass computes: slices of several sequences, their rows one behind the other.
package struct Batch: Sendable, Hashable {
  package var slices: [SequenceSlice] = []
  /// To be carried out before anything else, in this order.
  package var copies: [BlockCopy] = []

  package init(slices: [SequenceSlice] = [], copies: [BlockCopy] = []) {
    self.slices = slices
    self.copies = copies
  }

  package var rowCount: Int { slices.reduce(0) { $0 + $1.tokens.count } }
  package var outputCount: Int { slices.reduce(0) { $0 + $1.outputs.count } }
}
