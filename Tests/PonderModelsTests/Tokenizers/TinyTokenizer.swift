import Foundation
import PonderModels

/// A byte-level tokenizer of a handful of tokens, as `tokenizer.json` would be.
enum TinyTokenizer {
  /// Tokens: the 95 printable characters (ids from 0 in their order), `Ġ`, three stand-ins for the bytes of `é` and `€`,
  /// then `he`, `ll`, `hell`, `hello`, `Ġhello`.
  static func json(
    mergesAsPairs: Bool = false, added: String = "", preTokenizer: String? = nil, extra: String = ""
  ) -> String {
    var tokens = (0x21...0x7E).map { String(UnicodeScalar($0)) }
    tokens += ["Ġ", "Ã", "©", "â", "Ĥ", "¬", "he", "ll", "hell", "hello", "Ġhello"]
    let merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "hello")]
    let vocabulary = tokens.enumerated().map { "\(quoted($1)): \($0)" }.joined(separator: ", ")
    let written = merges.map { mergesAsPairs ? "[\"\($0)\", \"\($1)\"]" : "\"\($0) \($1)\"" }.joined(separator: ", ")
    let splitter = preTokenizer ?? #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#
    return """
      {"version": "1.0", "truncation": {"max_length": 2}, "padding": {"strategy": {"Fixed": 8}}, "normalizer": null,
       "added_tokens": [\(added)], "pre_tokenizer": \(splitter), "post_processor": null\(extra),
       "decoder": {"type": "ByteLevel"},
       "model": {"type": "BPE", "vocab": {\(vocabulary)}, "merges": [\(written)]}}
      """
  }

  private static func quoted(_ token: String) -> String {
    "\"" + token.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  static func load(_ json: String) throws -> Tokenizer {
    let folder = try TemporaryFolder()
    try folder.write("tokenizer.json", json)
    return try Tokenizer.load(from: folder.url)
  }
}
