import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Whatever is in a tokenizer file, loading ends with a tokenizer or a `TokenizerError`: typed throws say so, these tests
/// that it ends at all.
struct MalformedTokenizerTests {
  private func load(_ bytes: Data, as name: String) throws(TokenizerError) -> Tokenizer? {
    guard let folder = try? TemporaryFolder(),
      (try? bytes.write(to: folder.url.appending(path: name))) != nil
    else { return nil }
    return try Tokenizer.load(from: folder.url)
  }

  static let files: [(name: String, bytes: Data)] = [
    ("tokenizer.json", Data(TinyTokenizer.json(added: #"{"id": 200, "content": "<s>", "special": true}"#).utf8)),
    (
      "tokenizer.model",
      SentencePieceWriter.model(
        GGUFTokenizerFields(
          model: "llama", tokens: ["<unk>", "<s>", "</s>", "▁", "a", "b", "▁a", "ab"],
          scores: [0, 0, 0, -3, -4, -5, -1, -2], tokenTypes: [2, 3, 3, 1, 1, 1, 1, 1]))
    ),
    ("x.tiktoken", Data((0..<256).map { Data([UInt8($0)]).base64EncodedString() + " \($0)\n" }.joined().utf8)),
  ]

  @Test(arguments: files.indices)
  func truncatedFilesAreRefusedOrLoad(_ index: Int) throws {
    let (name, bytes) = Self.files[index]
    for step in 0..<50 {
      let cut = bytes.prefix(bytes.count * step / 50)
      do throws(TokenizerError) {
        _ = try load(Data(cut), as: name)?.encode("ab ab <s>", addSpecialTokens: true)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(throws: TokenizerError.self) { try load(Data(), as: name) }
  }

  @Test(arguments: files.indices)
  func flippedBytesAreRefusedOrLoad(_ index: Int) throws {
    let (name, bytes) = Self.files[index]
    var state: UInt64 = 42
    for _ in 0..<200 {
      var broken = bytes
      // Knuth's MMIX generator: the flips are the same in every run.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      broken[Int(state >> 33) % bytes.count] ^= UInt8(truncatingIfNeeded: state >> 20) | 1
      do throws(TokenizerError) {
        _ = try load(broken, as: name)?.encode("ab ab <s>", addSpecialTokens: true)
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
