/// Why a model file could not be read or written: which file, which part of it, and what is wrong.
///
/// Everything in `Files` throws this type and nothing else, so a caller can switch over ``kind`` and a person can
/// read ``description``. Names that come out of a file are shortened and escaped: a hostile file cannot write control
/// characters into a terminal through its own error message.
public struct ModelFileError: Error, Hashable, Sendable {
  /// What sort of thing is wrong.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// No file or folder is at the path, or a folder lacks the files of a model.
    case notFound
    /// The system refused to open, map or read the file, or it is not a regular file.
    case unreadable
    /// The bytes are not in a format that Ponder knows.
    case unknownFormat
    /// The file ends before what its header announces.
    case truncated
    /// The bytes break the rules of their format.
    case malformed
    /// A tensor or a key occurs twice.
    case duplicate
    /// A tensor or a key that the model needs is absent.
    case missing
    /// A value has a type other than the one its key asks for.
    case wrongType
    /// A number lies outside what is possible or sensible.
    case outOfRange
    /// Two statements contradict each other: an index and its shard, a shape and the configuration.
    case inconsistent
    /// The content is valid, but Ponder cannot run it.
    case unsupported
    /// The file is larger than any honest file of its kind.
    case tooLarge
    /// The file could not be written; nothing was left behind.
    case unwritable
  }

  /// The part of the file that is wrong.
  public enum Part: Hashable, Sendable {
    case file
    case key(String)
    case tensor(String)
  }

  /// The path of the file or folder.
  public let file: String
  /// Where in the file it is wrong.
  public let part: Part
  /// What sort of thing is wrong.
  public let kind: Kind
  /// What is wrong, as the rest of a sentence that begins with the part.
  public let detail: String

  /// An error about a part of a file, the whole file unless one is given.
  public init(_ kind: Kind, file: String, part: Part = .file, _ detail: String) {
    self.file = file
    self.part = part
    self.kind = kind
    self.detail = detail
  }
}

extension ModelFileError: CustomStringConvertible {
  /// `path: tensor 'name': what is wrong`, on one line.
  public var description: String {
    switch part {
    case .file: "\(file): \(detail)"
    case .key(let key): "\(file): key \(key.quotedForMessage): \(detail)"
    case .tensor(let name): "\(file): tensor \(name.quotedForMessage): \(detail)"
    }
  }
}

extension String {
  /// The text between apostrophes, control characters escaped, at most 80 characters of it.
  package var quotedForMessage: String {
    let isShort = unicodeScalars.dropFirst(80).isEmpty
    return "'" + String(unicodeScalars.prefix(80)).escapingControls + (isShort ? "'" : "…'")
  }

  /// The text with control characters spelled out, so that a terminal does not obey them.
  package var escapingControls: String {
    var result = ""
    for scalar in unicodeScalars {
      if scalar.properties.generalCategory == .control {
        result += scalar.escaped(asASCII: true)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
