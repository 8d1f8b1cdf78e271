import Foundation
import PonderGeneration

/// How what a model says at a position becomes a probability.
public enum RewardReadout: Sendable, Hashable, Codable {
  /// The softmax over the logits of two tokens as the next one: how much rather the positive one comes.
  ///
  /// Each is the one token that the model's tokenizer makes of the text.
  case tokens(positive: String, negative: String)
  /// The logistic function of a head's only output.
  case sigmoid
  /// The softmax over a head's outputs, of which this one counts.
  case softmax(label: Int)

  /// What to read off a position.
  ///
  /// Throws ``VerifierError/unfit(model:format:reason:)`` when the model has no such tokens or no such head.
  public func capture(
    on model: any ScoringModel, format: String
  ) throws(VerifierError) -> ScoringRequest.Capture {
    let description = model.description
    func unfit(_ reason: String) -> VerifierError { .unfit(model: description.name, format: format, reason: reason) }
    switch self {
    case .tokens(let positive, let negative):
      guard description.capabilities.contains(.tokenScores) else { throw unfit("it gives no logits") }
      do throws(GenerationError) {
        let tokens = [try model.token(spelling: positive), try model.token(spelling: negative)]
        guard tokens[0] != tokens[1] else { throw .invalidRequest("'\(positive)' and '\(negative)' are one token") }
        return .logits(of: tokens)
      } catch {
        throw unfit(error.description)
      }
    case .sigmoid, .softmax:
      guard description.capabilities.contains(.head) else { throw unfit("it has no reward or classification head") }
      if let outputs = description.head?.outputs, let problem = problem(withOutputs: outputs) { throw unfit(problem) }
      return .head
    }
  }

  /// The probability, in [0, 1]; `nil` when what was read does not fit.
  public func score(_ segment: ScoringResult.Segment) -> Double? {
    switch self {
    case .tokens: return segment.logits.first.flatMap { $0.count == 2 ? Self.softmax($0, 0) : nil }
    case .sigmoid, .softmax:
      guard let outputs = segment.head.first, problem(withOutputs: outputs.count) == nil else { return nil }
      if case .softmax(let label) = self { return Self.softmax(outputs, label) }
      return 1 / (1 + exp(-Double(outputs[0])))
    }
  }

  private func problem(withOutputs count: Int) -> String? {
    switch self {
    case .tokens: nil
    case .sigmoid: count == 1 ? nil : "its head has \(count) outputs, one is needed"
    case .softmax(let label):
      (0..<max(count, 2)).contains(label) && count > 1 ? nil : "its head has \(count) outputs, label \(label) is needed"
    }
  }

  private static func softmax(_ logits: [Float], _ index: Int) -> Double {
    let largest = Double(logits.max() ?? 0)
    let weights = logits.map { exp(Double($0) - largest) }
    return weights[index] / weights.reduce(0, +)
  }
}

extension ModelHead {
  /// Numbers at a position.
  var outputs: Int {
    switch self {
    case .sequence(let outputs), .token(let outputs): outputs
    case .value: 1
    }
  }
}
