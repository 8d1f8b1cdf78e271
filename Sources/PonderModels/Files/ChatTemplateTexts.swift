import OrderedCollections

/// The chat templates that a checkpoint carries, as Jinja text.
public struct ChatTemplateTexts: Sendable, Hashable {
  /// The one for conversations.
  public var standard: String?
  /// Others by name, "tool_use" and "rag" for example.
  public var named: OrderedDictionary<String, String>

  /// Templates by their texts.
  public init(standard: String? = nil, named: OrderedDictionary<String, String> = [:]) {
    self.standard = standard
    self.named = named
  }
}

extension ChatTemplateTexts {
  /// `tokenizer.chat_template`, and `tokenizer.chat_template.NAME` for others.
  init(gguf: GGUFFile) {
    let key = "tokenizer.chat_template"
    self.init(standard: gguf.metadata[key]?.string)
    for (name, value) in gguf.metadata where name.hasPrefix(key + ".") {
      if let text = value.string { named[String(name.dropFirst(key.count + 1))] = text }
    }
  }

  /// `chat_template.jinja` if it is there, or else `chat_template` in `tokenizer_config.json`: a text, or a list of
  /// named texts of which "default" is the standard one.
  ///
  /// - Throws: `.malformed`, `.wrongType` or `.tooLarge`, naming the file.
  init(_ files: CheckpointFiles) throws(ModelFileError) {
    self.init()
    if let path = files.path(of: "tokenizer_config.json") {
      try read(configuration: path)
    }
    if let path = files.path(of: "chat_template.jinja") {
      let file = try MappedFile(path)
      guard file.count <= 1 << 22 else { throw ModelFileError(.tooLarge, file: path, "has \(file.count) bytes") }
      guard let text = String(validating: file.bytes, as: UTF8.self) else {
        throw ModelFileError(.malformed, file: path, "is not UTF-8")
      }
      standard = text
    }
  }

  private mutating func read(configuration path: String) throws(ModelFileError) {
    let key = "chat_template"
    switch try JSONParser.parse(contentsOf: path)[key: key] {
    case nil: break
    case .string(let text): standard = text
    case .array(let entries):
      for entry in entries {
        guard let name = entry[key: "name"]?.string, let text = entry[key: "template"]?.string else {
          throw ModelFileError(.wrongType, file: path, part: .key(key), "has an entry without name and template")
        }
        if name == "default" { standard = text } else { named[name] = text }
      }
    case .some(let value):
      throw ModelFileError(.wrongType, file: path, part: .key(key), "is \(value.typeName)")
    }
  }
}
