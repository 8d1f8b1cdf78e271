import PonderGeneration
import PonderStrategies

extension Candidate {
  /// The solution as a model reads it: from the model's own tokens, or, for one that came without (from a file, say),
  /// as text.
  var content: ScoringRequest.Content { continuation.isEmpty ? .text(text) : .continuation(continuation) }
}
