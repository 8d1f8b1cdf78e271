/// Why a model cannot be the verifier that it was asked to be. Found out before anything is computed.
public enum VerifierError: Error, Sendable, Hashable {
  /// The checkpoint does not tell which format it was trained in.
  case unknownFormat(model: String, reason: String)
  /// No format has this name.
  case unknownName(String, known: [String])
  /// The model lacks what the format reads: a head of this shape, a token of this spelling.
  case unfit(model: String, format: String, reason: String)
}

extension VerifierError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .unknownFormat(let model, let reason): "the format of reward model \(model) is not known: \(reason)"
    case .unknownName(let name, let known):
      "no reward model format is called '\(name)'; there are \(known.joined(separator: ", "))"
    case .unfit(let model, let format, let reason): "model \(model) cannot be read as \(format): \(reason)"
    }
  }
}
