import Foundation
import PonderGeneration

/// The small files around a tokenizer that say which of its tokens play which part.
struct TokenizerFolder {
  /// `tokenizer_config.json`, `special_tokens_map.json`, `generation_config.json`, `config.json`; null where absent.
  var tokenizerConfig = TokenizerJSON.null
  var specialTokensMap = TokenizerJSON.null
  var generationConfig = TokenizerJSON.null
  var config = TokenizerJSON.null
  var addedTokensFile = TokenizerJSON.null

  /// Reads what is there; a file that is there and broken is an error.
  init(_ folder: URL) throws(TokenizerError) {
    tokenizerConfig = try Self.readIfPresent(folder, "tokenizer_config.json")
    specialTokensMap = try Self.readIfPresent(folder, "special_tokens_map.json")
    generationConfig = try Self.readIfPresent(folder, "generation_config.json")
    config = try Self.readIfPresent(folder, "config.json")
    addedTokensFile = try Self.readIfPresent(folder, "added_tokens.json")
  }

  private static func readIfPresent(_ folder: URL, _ name: String) throws(TokenizerError) -> TokenizerJSON {
    let file = folder.appending(path: name)
    guard FileManager.default.fileExists(atPath: file.path) else { return .null }
    return try json(file)
  }

  /// The bytes of a file. Refuses one that is larger than any tokenizer, before it takes the memory.
  static func bytes(_ file: URL) throws(TokenizerError) -> [UInt8] {
    do {
      let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
      guard size <= 256 << 20 else {
        throw TokenizerError.unreadable(file: file.lastPathComponent, reason: "\(size) bytes are no tokenizer")
      }
      return [UInt8](try Data(contentsOf: file))
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .unreadable(file: file.lastPathComponent, reason: error.localizedDescription)
    }
  }

  static func json(_ file: URL) throws(TokenizerError) -> TokenizerJSON {
    try json(bytes(file), name: file.lastPathComponent)
  }

  static func json(_ bytes: [UInt8], name: String) throws(TokenizerError) -> TokenizerJSON {
    do {
      return try TokenizerJSON.parse(bytes)
    } catch {
      throw .malformed(file: name, reason: "\(error.reason) at byte \(error.offset)")
    }
  }

  // MARK: - What the files say

  /// The added tokens that `tokenizer_config.json` or `added_tokens.json` list.
  var addedTokens: [AddedToken] {
    if let listed = tokenizerConfig["added_tokens_decoder"]?.object {
      return listed.compactMap { key, value in
        guard let id = Token(key), id >= 0, let content = value["content"]?.string else { return nil }
        return AddedToken(json: value, content: Array(content.utf8), id: id)
      }
    }
    let special = Set((specialTokensMap["additional_special_tokens"]?.array ?? []).compactMap { Self.content($0) })
    return (addedTokensFile.object ?? []).compactMap { content, id in
      guard let id = id.int32, id >= 0 else { return nil }
      return AddedToken(content: Array(content.utf8), id: id, isSpecial: special.contains(content))
    }
  }

  /// A special token's spelling, written as a string or as an object.
  private static func content(_ value: TokenizerJSON?) -> String? { value?.string ?? value?["content"]?.string }

  func namedToken(_ name: String) -> String? {
    Self.content(tokenizerConfig[name]) ?? Self.content(specialTokensMap[name])
  }

  /// Fills in what the tokenizer's own file does not say.
  func complete(_ blueprint: inout TokenizerBlueprint) {
    let count = blueprint.encoder.tokenCount
    func id(_ spelling: String?) -> Token? {
      guard let spelling else { return nil }
      let bytes = Array(spelling.utf8)
      if let added = blueprint.addedTokens.first(where: { $0.content == bytes }) { return added.id }
      let id = blueprint.encoder.vocabulary.id(of: bytes)
      return id < 0 ? nil : id
    }
    func ids(_ value: TokenizerJSON?) -> [Token] {
      let ids = value?.int32.map { [$0] } ?? (value?.array ?? []).compactMap(\.int32)
      return ids.filter { $0 >= 0 && Int($0) < count }
    }
    let generationEnds = ids(generationConfig["eos_token_id"])
    blueprint.beginningOfText =
      id(namedToken("bos_token")) ?? ids(config["bos_token_id"]).first ?? blueprint.beginningOfText
    blueprint.endOfText =
      id(namedToken("eos_token")) ?? ids(config["eos_token_id"]).first ?? generationEnds.first
      ?? blueprint.endOfText
    blueprint.alsoEnding += generationEnds + ids(config["eos_token_id"])
    if tokenizerConfig["add_bos_token"]?.bool == true, blueprint.prefix.isEmpty,
      let beginning = blueprint.beginningOfText
    {
      blueprint.prefix = [beginning]
    }
  }
}

extension AddedToken {
  /// From an entry of `added_tokens` or `added_tokens_decoder`.
  init(json: TokenizerJSON, content: [UInt8], id: Token) {
    self.init(
      content: content, id: id, isSpecial: json["special"]?.bool ?? false,
      stripsLeft: json["lstrip"]?.bool ?? false, stripsRight: json["rstrip"]?.bool ?? false,
      isSingleWord: json["single_word"]?.bool ?? false, isNormalized: json["normalized"]?.bool ?? false)
  }
}
