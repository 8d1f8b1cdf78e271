import Foundation
import PonderGeneration

extension ChatTemplate {
  /// The standard template of an opened checkpoint.
  ///
  /// - Parameter tokenizer: the checkpoint's own, for the spelling of its special tokens.
  /// - Throws: `ChatTemplateError.missingTemplate` and `.unknownTemplate`.
  public static func load(
    from checkpoint: Checkpoint, tokenizer: Tokenizer
  ) throws(ChatTemplateError) -> ChatTemplate {
    guard let text = checkpoint.chatTemplates.standard else { throw .missingTemplate }
    func spelling(_ token: Token?) -> String {
      token.map { String(decoding: tokenizer.bytes(of: $0), as: UTF8.self) } ?? ""
    }
    return try recognise(
      text, beginningOfText: spelling(tokenizer.beginningOfText), endOfText: spelling(tokenizer.endOfText))
  }

  /// The template of a checkpoint's folder: `chat_template.jinja`, or `chat_template` of `tokenizer_config.json`, of
  /// several the one named `default`. The special tokens' spellings come from the same folder.
  ///
  /// - Throws: `ChatTemplateError.missingTemplate`, also for files that cannot be read as JSON, and
  ///   `.unknownTemplate`.
  public static func load(from folder: URL) throws(ChatTemplateError) -> ChatTemplate {
    guard let files = try? TokenizerFolder(folder) else { throw .missingTemplate }
    let configured = files.tokenizerConfig["chat_template"]
    let named = configured?.array ?? []
    let text =
      (try? String(contentsOf: folder.appending(path: "chat_template.jinja"), encoding: .utf8))
      ?? configured?.string
      ?? (named.first { $0["name"]?.string == "default" } ?? named.first)?["template"]?.string
    guard let text else { throw .missingTemplate }
    return try recognise(
      text, beginningOfText: files.namedToken("bos_token") ?? "", endOfText: files.namedToken("eos_token") ?? "")
  }
}
