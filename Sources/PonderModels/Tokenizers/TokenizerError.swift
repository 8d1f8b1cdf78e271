/// Why a tokenizer could not be loaded. Every case names the file, or the part of it, that is at fault.
public enum TokenizerError: Error, Equatable, Sendable {
  /// Nothing at `path` is a tokenizer in a known format; `looked` lists the file names that were tried.
  case notFound(path: String, looked: [String])
  /// The file exists and could not be read.
  case unreadable(file: String, reason: String)
  /// The file is not what its format demands: cut short, wrong types, ids out of range.
  case malformed(file: String, reason: String)
  /// The file is well formed and asks for something this package does not implement.
  case unsupported(file: String, feature: String)
  /// The file splits text with a regular expression that has no scanner here.
  case unknownPattern(file: String, pattern: String)
}

extension TokenizerError: CustomStringConvertible {
  /// One sentence for a person.
  public var description: String {
    switch self {
    case .notFound(let path, let looked):
      return "no tokenizer at \(path): looked for \(looked.joined(separator: ", "))"
    case .unreadable(let file, let reason):
      return "cannot read \(file): \(reason)"
    case .malformed(let file, let reason):
      return "\(file) is not a valid tokenizer: \(reason)"
    case .unsupported(let file, let feature):
      return "\(file) needs \(feature), which is not supported"
    case .unknownPattern(let file, let pattern):
      return "\(file) splits text by a pattern that is not supported: \(pattern)"
    }
  }
}
