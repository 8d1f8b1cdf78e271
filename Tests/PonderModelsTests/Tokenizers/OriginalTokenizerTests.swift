import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Against Hugging Face tokenizers, SentencePiece and tiktoken, on tokenizers that `Tests/Fixtures/Tokenizers/make.py` trained
/// with them: texts to ids, and ids to text, of whole texts, of texts cut inside a character and of random tokens.
struct OriginalTokenizerTests {
  struct Reference: Decodable {
    var parsesSpecialTokens: Bool
    var encodings: [Encoding]
    var decodings: [Decoding]
  }

  struct Encoding: Decodable {
    var text: String
    var ids: [Token]
  }

  struct Decoding: Decodable {
    var ids: [Token]
    var skipsSpecialTokens: Bool
    var text: String
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/Tokenizers")

  private static let files = [
    "byte-level.json", "sentencepiece.json", "sentencepiece.model", "tiktoken/ranks.tiktoken",
  ]

  private func load(_ file: String) throws -> (Tokenizer, Reference) {
    let references = try JSONDecoder().decode(
      [String: Reference].self, from: Data(contentsOf: Self.folder.appending(path: "references.json")))
    let pattern: SplitPattern? = file.hasSuffix(".tiktoken") ? .gpt2 : nil
    return (
      try Tokenizer.load(from: Self.folder.appending(path: file), pattern: pattern), try #require(references[file])
    )
  }

  @Test(arguments: files)
  func tokensOfTextsAreTheOriginals(_ file: String) throws {
    let (tokenizer, reference) = try load(file)
    #expect(reference.encodings.count >= 22)
    for encoding in reference.encodings {
      let ids = tokenizer.encode(encoding.text, parseSpecialTokens: reference.parsesSpecialTokens)
      #expect(ids == encoding.ids, "\(encoding.text.debugDescription)")
    }
  }

  @Test(arguments: files)
  func textsOfTokensAreTheOriginals(_ file: String) throws {
    let (tokenizer, reference) = try load(file)
    #expect(reference.decodings.count >= 100)
    for decoding in reference.decodings {
      let text = tokenizer.decode(decoding.ids, skipSpecialTokens: decoding.skipsSpecialTokens)
      #expect(text.utf8.elementsEqual(decoding.text.utf8), "\(decoding.ids): \(text.debugDescription)")
    }
  }

  /// Whatever the tokens: a stream breaks no character that the whole text has, so joined the pieces are the text.
  @Test(arguments: files)
  func streamedTextIsTheOriginalsAndNeverHalfACharacter(_ file: String) throws {
    let (tokenizer, reference) = try load(file)
    let mark: Unicode.Scalar = "\u{FFFD}"
    for decoding in reference.decodings {
      var stream = StreamingDetokenizer(
        tokenizer, skipsSpecialTokens: decoding.skipsSpecialTokens, startsText: true)
      var pieces = decoding.ids.map { stream.append($0) }
      pieces.append(stream.finish())
      let (expected, streamed) = (decoding.text.unicodeScalars, pieces.joined().unicodeScalars)
      if expected.contains(mark), file == "sentencepiece.json" {
        // Hugging Face replaces every byte of a run that is broken anywhere, good characters too; a stream does not.
        var rest = streamed.filter { $0 != mark }[...]
        for scalar in expected where scalar != mark {
          let place = try #require(rest.firstIndex(of: scalar), "\(decoding.ids)")
          rest = rest[rest.index(after: place)...]
        }
      } else if expected.contains(mark), file == "sentencepiece.model" {
        // SentencePiece writes a mark per broken byte and a stream one per broken character.
        #expect(streamed.filter { $0 != mark }.elementsEqual(expected.filter { $0 != mark }), "\(decoding.ids)")
      } else {
        #expect(streamed.elementsEqual(expected), "\(decoding.ids)")
      }
    }
  }
}
