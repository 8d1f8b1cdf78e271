import OrderedCollections

/// Typed look-ups in a configuration, with errors that name the file and the key.
struct ConfigurationReader {
  let file: String
  /// Prefix of the keys in errors: "rope_scaling." for a nested object.
  var path = ""
  /// The value under a key; nil for an absent key and for null.
  private(set) var value: (String) -> JSONValue?
  /// Whether a key is present with the value null, which for some keys differs from being absent.
  private(set) var isNull: (String) -> Bool

  init(_ file: String, path: String = "", members: OrderedDictionary<String, JSONValue>) {
    self.file = file
    self.path = path
    value = { key in members[key].flatMap { $0.isNull ? nil : $0 } }
    isNull = { key in members[key]?.isNull ?? false }
  }

  /// Scalars and integer arrays of GGUF metadata; the rest is as absent as it is useless here.
  init(_ file: String, metadata: OrderedDictionary<String, GGUFValue>) {
    self.file = file
    value = { key in metadata[key].flatMap(\.asJSON) }
    isNull = { _ in false }
  }

  func fault(_ kind: ModelFileError.Kind, _ key: String, _ detail: String) -> ModelFileError {
    ModelFileError(kind, file: file, part: .key(path + key), detail)
  }

  /// The same look-ups, with `other` asked first.
  func overridden(by other: ConfigurationReader) -> ConfigurationReader {
    var result = self
    result.value = { [value] key in other.value(key) ?? value(key) }
    return result
  }

  /// The number under the first of the keys that is present; so with the other types.
  func integer(_ keys: String...) throws(ModelFileError) -> Int? {
    try typed(present(keys), "a whole number", \.integer)
  }

  func requiredInteger(_ key: String) throws(ModelFileError) -> Int {
    guard let value = try integer(key) else { throw fault(.missing, key, "is absent") }
    return value
  }

  func number(_ keys: String...) throws(ModelFileError) -> Double? {
    try typed(present(keys), "a number", \.number)
  }

  func requiredNumber(_ key: String) throws(ModelFileError) -> Double {
    guard let value = try number(key) else { throw fault(.missing, key, "is absent") }
    return value
  }

  func bool(_ key: String) throws(ModelFileError) -> Bool? { try typed(key, "a truth value", \.bool) }

  func string(_ keys: String...) throws(ModelFileError) -> String? {
    try typed(present(keys), "a string", \.string)
  }

  func strings(_ key: String) throws(ModelFileError) -> [String]? {
    try typed(key, "a list of strings") { value in
      guard let array = value.array else { return nil }
      let strings = array.compactMap(\.string)
      return strings.count == array.count ? strings : nil
    }
  }

  func object(_ key: String) throws(ModelFileError) -> ConfigurationReader? {
    guard let members = try typed(key, "an object", \.object) else { return nil }
    return ConfigurationReader(file, path: path + key + ".", members: members)
  }

  /// A token id, where -1 and 2³²−1 say that there is none.
  func token(_ key: String) throws(ModelFileError) -> Int? {
    try integer(key).flatMap { $0 == -1 || $0 == Int(UInt32.max) ? nil : $0 }
  }

  /// One token id or a list of them.
  func tokens(_ key: String) throws(ModelFileError) -> [Int]? {
    guard value(key)?.array != nil else { return try token(key).map { [$0] } }
    return try typed(key, "a token id or a list of them") { value in
      guard let array = value.array else { return nil }
      let tokens = array.compactMap(\.integer)
      return tokens.count == array.count ? tokens : nil
    }
  }

  private func present(_ keys: [String]) -> String { keys.first { value($0) != nil } ?? keys[0] }

  private func typed<T>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> T?
  ) throws(ModelFileError) -> T? {
    guard let value = value(key) else { return nil }
    guard let converted = convert(value) else { throw fault(.wrongType, key, "is \(value.typeName), not \(expected)") }
    return converted
  }
}

extension GGUFValue {
  fileprivate var asJSON: JSONValue? {
    switch self {
    case .bool(let value): .bool(value)
    case .string(let value): .string(value)
    case .array(.string(let elements)): .array(elements.map { .string($0) })
    default:
      integer.map { .integer($0) } ?? number.map { .number($0) }
        ?? integers.map { .array($0.map { .integer($0) }) } ?? .array([])
    }
  }
}
