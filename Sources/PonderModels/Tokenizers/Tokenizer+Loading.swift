import Foundation

extension Tokenizer {
  /// Loads the tokenizer of a checkpoint.
  ///
  /// - Parameters:
  ///   - location: a folder, in which `tokenizer.json` is preferred over `tokenizer.model` over `vocab.json` with
  ///     `merges.txt` over a `*.tiktoken` file, or one of those files itself, or a `.gguf`. The small files next to it say which
  ///     tokens begin and end a text.
  ///   - pattern: how text is split, for a tiktoken file, which does not say; nil knows Llama 3's, Qwen's and GPT-2's.
  public static func load(from location: URL, pattern: SplitPattern? = nil) throws(TokenizerError) -> Tokenizer {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: location.path, isDirectory: &isFolder) else {
      throw .notFound(path: location.path, looked: [location.lastPathComponent])
    }
    if !isFolder.boolValue, location.pathExtension == "gguf" {
      let file: GGUFFile
      do {
        file = try GGUFFile(location.path)
      } catch {
        throw .unreadable(file: location.lastPathComponent, reason: error.description)
      }
      let name = location.lastPathComponent
      guard let tokenizer = try load(from: .gguf(file.metadata), file: name) else {
        throw .notFound(path: location.path, looked: ["tokenizer.ggml.model"])
      }
      return tokenizer
    }
    let file = isFolder.boolValue ? try tokenizerFile(in: location) : location
    var parent = file.deletingLastPathComponent()
    // Meta ships the rank file in `original/`, next to whose parent the settings are.
    if parent.lastPathComponent == "original" { parent.deleteLastPathComponent() }
    let folder = try TokenizerFolder(parent)
    var blueprint = try blueprint(file, folder, pattern)
    folder.complete(&blueprint)
    return Tokenizer(blueprint)
  }

  /// The tokenizer in the metadata of a GGUF file.
  ///
  /// - Parameter file: what errors call the file.
  public init(_ fields: GGUFTokenizerFields, file: String) throws(TokenizerError) {
    self.init(try fields.blueprint(file: file))
  }

  private static func tokenizerFile(in folder: URL) throws(TokenizerError) -> URL {
    let names = ["tokenizer.json", "tokenizer.model", "vocab.json"]
    for name in names {
      let file = folder.appending(path: name)
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
    let others = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    if let name = others.filter({ $0.hasSuffix(".tiktoken") }).min() { return folder.appending(path: name) }
    throw .notFound(path: folder.path, looked: names + ["*.tiktoken"])
  }

  private static func blueprint(
    _ file: URL, _ folder: TokenizerFolder, _ pattern: SplitPattern?
  ) throws(TokenizerError) -> TokenizerBlueprint {
    let name = file.lastPathComponent
    let bytes = try TokenizerFolder.bytes(file)
    if name == "vocab.json" || name == "merges.txt" {
      let parent = file.deletingLastPathComponent()
      let merges = parent.appending(path: "merges.txt")
      guard FileManager.default.fileExists(atPath: merges.path) else {
        throw .notFound(path: merges.path, looked: ["merges.txt"])
      }
      let files = VocabularyAndMerges(
        vocabulary: try TokenizerFolder.json(parent.appending(path: "vocab.json")),
        merges: try TokenizerFolder.bytes(merges))
      return try files.blueprint(folder)
    }
    if name.hasSuffix(".json") { return try HuggingFaceTokenizerFile(bytes, name: name).blueprint() }
    if name.hasSuffix(".tiktoken") || TiktokenFile.matches(bytes) {
      return try TiktokenFile(bytes, name: name).blueprint(pattern: pattern, addedTokens: folder.addedTokens)
    }
    var blueprint = try SentencePieceModelFile.vocabulary(bytes, name: name).blueprint()
    // SentencePiece's own defaults, which `tokenizer_config.json` may override.
    func id(_ spelling: String) -> Int32? {
      blueprint.addedTokens.first { $0.content.elementsEqual(spelling.utf8) }?.id
    }
    blueprint.beginningOfText = id("<s>")
    blueprint.endOfText = id("</s>")
    if folder.tokenizerConfig["add_bos_token"]?.bool ?? true, let beginning = blueprint.beginningOfText {
      blueprint.prefix = [beginning]
    }
    return blueprint
  }
}
