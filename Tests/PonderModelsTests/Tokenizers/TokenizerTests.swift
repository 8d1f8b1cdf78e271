import Foundation
import PonderGeneration
import PonderModels
import Testing

struct TokenizerTests {
  @Test(arguments: [false, true])
  func mergesAreReadInBothSpellings(_ pairs: Bool) throws {
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json(mergesAsPairs: pairs))
    let hello = try #require(tokenizer.id(of: "hello"))
    let spaced = try #require(tokenizer.id(of: " hello"))
    #expect(tokenizer.encode("hello hello") == [hello, spaced])
    #expect(tokenizer.decode([hello, spaced]) == "hello hello")
  }

  @Test func savedTruncationAndPaddingAreIgnored() throws {
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json())
    #expect(tokenizer.encode("abc").count == 3)
    #expect(tokenizer.encode("a").count == 1)
  }

  @Test func longWordsMergeAsShortOnes() throws {
    // 400 characters take the path with a heap; its pieces are those of "hello" alone.
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json())
    let hello = try #require(tokenizer.id(of: "hello"))
    #expect(tokenizer.encode(String(repeating: "hello", count: 80)) == Array(repeating: hello, count: 80))
  }

  @Test func specialTokensAreFoundOnlyWhereAsked() throws {
    let token = #"{"id": 200, "content": "<|end|>", "special": true}"#
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json(added: token))
    #expect(tokenizer.encode("a<|end|>b", parseSpecialTokens: true).contains(200))
    #expect(!tokenizer.encode("a<|end|>b").contains(200))
    #expect(tokenizer.decode(tokenizer.encode("a<|end|>b")) == "a<|end|>b")
    #expect(tokenizer.decode([200], skipSpecialTokens: true) == "")
    #expect(tokenizer.decode([200]) == "<|end|>")
  }

  @Test func flagsOfAddedTokensTakeSpacesAndRespectWords() throws {
    let stripping = #"{"id": 200, "content": "<s>", "special": false, "lstrip": true, "rstrip": true}"#
    let single = #"{"id": 201, "content": "cat", "special": false, "single_word": true}"#
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json(added: stripping + ", " + single))
    let (a, b) = (try #require(tokenizer.id(of: "a")), try #require(tokenizer.id(of: "b")))
    #expect(tokenizer.encode("a  <s> \n b") == [a, 200, b])
    #expect(tokenizer.encode("cat").contains(201))
    #expect(!tokenizer.encode("cats").contains(201))
    #expect(!tokenizer.encode("bobcat").contains(201))
  }

  @Test func streamingNeverEmitsHalfACharacter() throws {
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json())
    let tokens = tokenizer.encode("é€a")
    #expect(tokens.count == 6)
    var stream = StreamingDetokenizer(tokenizer)
    #expect(tokens.map { stream.append($0) } == ["", "é", "", "", "€", "a"])
    #expect(stream.finish() == "")
    #expect(tokens.prefix(3).map { stream.append($0) } == ["", "é", ""])
    #expect(stream.finish() == "\u{FFFD}")
    // A lead byte that another character follows can never be completed.
    #expect([tokens[0], tokens[5]].map { stream.append($0) } == ["", "\u{FFFD}a"])
  }

  @Test func idsOutsideOfTheVocabularyArePassedOver() throws {
    let tokenizer = try TinyTokenizer.load(TinyTokenizer.json())
    #expect(tokenizer.decode([-1, .max, 0]) == "!")
    #expect(tokenizer.bytes(of: .min).isEmpty)
  }

  @Test(arguments: [
    // Hand-worked from the patterns: words are joined by | below.
    (SplitPattern.gpt2, "I'll  go\n\n 12345x", "I|'ll| | go|\n\n| 12345|x"),
    (.llama3, "I'LL  go\n\n 12345x", "I|'LL| | go|\n\n| |123|45|x"),
    (.qwen2, "I'LL go\n\n 123!\n", "I|'LL| go|\n\n| |1|2|3|!\n"),
  ])
  func wordsAreThoseOfThePattern(_ pattern: SplitPattern, _ text: String, _ expected: String) {
    #expect(pattern.words(in: text).joined(separator: "|") == expected)
  }
}
