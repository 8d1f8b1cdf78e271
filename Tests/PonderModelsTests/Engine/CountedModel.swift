import PonderCore
import PonderGeneration
import PonderModels
import Synchronization

/// A transformer that counts what it is asked to compute.
final class CountedModel: TokenModel {
  struct Counts: Sendable, Hashable {
    var passes = 0
    /// Tokens that went through the layers, and rows that came out of them.
    var tokens = 0
    var outputs = 0
    var logitRows = 0
    var headCalls = 0
  }

  private let base: Transformer
  private let state = Mutex(Counts())

  init(_ base: Transformer) { self.base = base }

  /// Since the last call.
  func takeCounts() -> Counts {
    state.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
  }

  var vocabularySize: Int { base.vocabularySize }
  var cacheShape: KVStorage.Shape { base.cacheShape }

  func forward(_ batch: Batch, cache: KVStorage) -> Activations {
    state.withLock { counts in
      counts.passes += 1
      counts.tokens += batch.rowCount
      counts.outputs += batch.outputCount
    }
    return base.forward(batch, cache: cache)
  }

  func logits(_ hidden: borrowing Activations) -> Activations {
    let rows = hidden.rows
    state.withLock { $0.logitRows += rows }
    return base.logits(hidden)
  }

  func logits(_ hidden: UnsafePointer<Float>, of tokens: [Token]) -> [Float] { base.logits(hidden, of: tokens) }

  func headOutputs(_ hidden: UnsafePointer<Float>) -> [Float] {
    state.withLock { $0.headCalls += 1 }
    return base.headOutputs(hidden)
  }
}
