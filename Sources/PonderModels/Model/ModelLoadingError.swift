/// Why a model could not be loaded.
public enum ModelLoadingError: Error, Sendable, Equatable {
  case file(ModelFileError)
  case tokenizer(TokenizerError)
  /// An option is out of its range.
  case option(String)
}

extension ModelLoadingError: CustomStringConvertible {
  /// One sentence for a person.
  public var description: String {
    switch self {
    case .file(let error): error.description
    case .tokenizer(let error): error.description
    case .option(let reason): reason
    }
  }
}
