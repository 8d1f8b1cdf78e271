import PonderGeneration
import PonderStrategies

/// Which hidden states of a solution become a probe's features.
///
/// All are the model's last ones, behind the final normalisation, over the solution's tokens without the one that ends
/// the text.
public enum ProbeFeatures: String, Sendable, Hashable, Codable, CaseIterable {
  /// The last token's: [hidden size].
  case last
  /// The mean over all tokens: [hidden size]. A slip in the middle leaves a trace in it.
  case mean
  /// Both, the last token's first: [2 · hidden size].
  case lastAndMean

  /// What has to be read of a candidate.
  func request(
    _ candidate: Candidate, _ prompt: Prompt, _ model: any ScoringModel
  ) throws(GenerationError) -> ScoringRequest {
    let tokens = try model.encode(candidate.content)
    guard !tokens.isEmpty else { throw .invalidRequest("the solution has no tokens") }
    return ScoringRequest([
      .init(.tokens(try model.encode(.prompt(prompt)))),
      .init(.tokens(tokens.dropLast()), captures: self == .last ? [] : [.meanHiddenState], positions: .every),
      .init(.tokens(tokens.suffix(1)), captures: [.hiddenState]),
    ])
  }

  /// The features in what was read; `nil` if it holds none.
  func callAsFunction(_ result: ScoringResult) -> [Float]? {
    guard result.segments.count == 3, let last = result.segments[2].hiddenStates.first, !last.isEmpty else {
      return nil
    }
    guard self != .last else { return last }
    let (before, count) = (result.segments[1].meanHiddenState, Float(result.segments[1].tokens.count))
    guard before.count == last.count || count == 0 else { return nil }
    let mean = count == 0 ? last : last.indices.map { (before[$0] * count + last[$0]) / (count + 1) }
    return self == .mean ? mean : last + mean
  }
}
