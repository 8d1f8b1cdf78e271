import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Whatever is in a tokenizer file, loading ends with a tokenizer or a `TokenizerError`: typed throws say so, these tests
/// that it ends at all.
struct MalformedTokenizerTests {
  /// A folder with one file to damage.
  struct Case: Sendable, CustomTestStringConvertible {
    var damaged: String
    var files: [String: Data]

    var testDescription: String { damaged }
  }

  private func load(_ bytes: Data, as name: String, in files: [String: Data] = [:]) throws(TokenizerError) -> Tokenizer?
  {
    guard let folder = try? TemporaryFolder() else { return nil }
    for (other, whole) in files where other != name { _ = try? folder.write(other, whole) }
    guard (try? folder.write(name, bytes)) != nil else { return nil }
    return try Tokenizer.load(from: folder.url, pattern: name.hasSuffix(".tiktoken") ? .gpt2 : nil)
  }

  static let cases: [Case] = {
    let original = OriginalTokenizerTests.folder
    func bytes(_ name: String) -> Data { (try? Data(contentsOf: original.appending(path: name))) ?? Data() }
    let json = bytes("byte-level.json")
    let model = (try? JSONSerialization.jsonObject(with: json) as? [String: Any])?["model"] as? [String: Any]
    let merges = model?["merges"] as? [[String]] ?? []
    let settings: [String: Data] = [
      "tokenizer_config.json": Data(
        """
        {"tokenizer_class": "GPT2Tokenizer", "bos_token": "<|begin|>", "eos_token": {"content": "<|end|>"},
         "added_tokens_decoder": {"420": {"content": "<|begin|>", "special": true, "lstrip": false}}}
        """.utf8),
      "special_tokens_map.json": Data(#"{"eos_token": "<|end|>", "additional_special_tokens": ["<|turn|>"]}"#.utf8),
      "added_tokens.json": Data(#"{"<|begin|>": 420, "<|end|>": 421, "<|turn|>": 422}"#.utf8),
      "generation_config.json": Data(#"{"eos_token_id": [421, 422]}"#.utf8),
      "config.json": Data(#"{"bos_token_id": 420, "eos_token_id": 421}"#.utf8),
    ]
    let slow = settings.merging(
      [
        "vocab.json": (try? JSONSerialization.data(withJSONObject: model?["vocab"] ?? [:])) ?? Data(),
        "merges.txt": Data(("#version: 0.2\n" + merges.map { $0.joined(separator: " ") + "\n" }.joined()).utf8),
      ], uniquingKeysWith: { $1 })
    return [
      Case(damaged: "tokenizer.json", files: ["tokenizer.json": json]),
      Case(damaged: "tokenizer.json", files: ["tokenizer.json": bytes("sentencepiece.json")]),
      Case(damaged: "tokenizer.model", files: ["tokenizer.model": bytes("sentencepiece.model")]),
      Case(
        damaged: "x.tiktoken",
        files: [
          "x.tiktoken": bytes("tiktoken/ranks.tiktoken"),
          "tokenizer_config.json": bytes("tiktoken/tokenizer_config.json"),
        ]
      ),
    ] + slow.keys.sorted().map { Case(damaged: $0, files: slow) }
  }()

  @Test(arguments: cases)
  func truncatedFilesAreRefusedOrLoad(_ item: Case) throws {
    let bytes = try #require(item.files[item.damaged])
    #expect(throws: Never.self) { try load(bytes, as: item.damaged, in: item.files) }
    for step in 0..<50 {
      let cut = bytes.prefix(bytes.count * step / 50)
      do throws(TokenizerError) {
        _ = try load(Data(cut), as: item.damaged, in: item.files)?.encode("ab ab <s>", addSpecialTokens: true)
        // Lists of lines and of pieces may end anywhere; the beginning of a JSON document is none.
        #expect(!item.damaged.hasSuffix(".json"), "\(cut.count) of \(bytes.count) bytes loaded")
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test(arguments: cases)
  func flippedBytesAreRefusedOrLoad(_ item: Case) throws {
    let bytes = try #require(item.files[item.damaged])
    var random = SplitMix(state: 42)
    for _ in 0..<200 {
      var broken = bytes
      broken[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      do throws(TokenizerError) {
        _ = try load(broken, as: item.damaged, in: item.files)?.encode("ab ab <s>", addSpecialTokens: true)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test func deepNestingIsRefused() throws {
    let nested = Data(String(repeating: "[", count: 1_000_000).utf8)
    #expect(throws: TokenizerError.self) { try load(nested, as: "tokenizer.json") }
  }

  @Test func hugeIdsAreRefused() throws {
    let json =
      #"{"model": {"type": "BPE", "vocab": {"a": 2147483647}, "merges": []}, "decoder": {"type": "ByteLevel"}}"#
    #expect(throws: TokenizerError.self) { try load(Data(json.utf8), as: "tokenizer.json") }
  }

  @Test func unknownPatternsAreShown() throws {
    let split = #"{"type": "Split", "pattern": {"Regex": "[a-z]+"}, "behavior": "Isolated", "invert": false}"#
    #expect(throws: TokenizerError.unknownPattern(file: "tokenizer.json", pattern: "[a-z]+")) {
      try TinyTokenizer.load(TinyTokenizer.json(preTokenizer: split))
    }
  }

  @Test func missingFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    #expect(throws: TokenizerError.self) { try Tokenizer.load(from: folder.url) }
    #expect(throws: TokenizerError.self) { try Tokenizer.load(from: folder.url.appending(path: "absent.json")) }
  }
}
