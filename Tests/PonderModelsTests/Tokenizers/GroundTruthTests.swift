import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Tokens and texts as the original implementations have them. Enabled where the shared data is.
@Suite(.enabled(if: TokenizerData.isPresent, "the shared test data is not there"))
struct GroundTruthTests {
  @Test(arguments: RealTokenizer.allCases)
  func tokensAreTheOriginals(_ real: RealTokenizer) throws {
    let tokenizer = try real.load()
    let texts = try TokenizerData.texts()
    let truth = try TokenizerData.truth(real.rawValue)
    #expect(truth.count > 400)
    for (index, ids) in truth.sorted(by: { $0.key < $1.key }) {
      let text = try #require(texts[index])
      let mine = tokenizer.encode(text, parseSpecialTokens: real.parsesSpecialTokens)
      #expect(mine == ids, "text \(index): \(text.debugDescription.prefix(200))")
      var stream = StreamingDetokenizer(tokenizer, skipsSpecialTokens: false, startsText: true)
      let streamed = mine.map { stream.append($0) }.joined() + stream.finish()
      #expect(streamed.utf8.elementsEqual(tokenizer.decode(mine).utf8), "text \(index), streamed")
      // Qwen composes characters first; Hugging Face puts SentencePiece's space in front after each special token.
      if real != .qwen && !(real == .stories && text.contains("<s>")) {
        #expect(tokenizer.decode(mine).utf8.elementsEqual(text.utf8), "text \(index) is not its own decoding")
      }
    }
  }

  @Test(arguments: [
    ("gpt-2", RealTokenizer.ggufGPT2), ("llama-bpe", .ggufLlama3), ("llama-spm", .ggufLlama2), ("qwen2", .ggufQwen2),
  ])
  func llamaCppCasesMatch(_ name: String, _ real: RealTokenizer) throws {
    let folder = TokenizerData.root.appending(path: "tokenizers/gguf")
    let inputs = try String(contentsOf: folder.appending(path: "ggml-vocab-\(name).gguf.inp"), encoding: .utf8)
      .components(separatedBy: "\n__ggml_vocab_test__\n")
    let outputs = try String(contentsOf: folder.appending(path: "ggml-vocab-\(name).gguf.out"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let tokenizer = try real.load()
    #expect(inputs.count > 40)
    for (input, output) in zip(inputs, outputs) {
      let ids = output.split(separator: " ").compactMap { Token($0) }
      #expect(tokenizer.encode(input) == ids, "\(input.debugDescription)")
    }
  }

  @Test(arguments: ["hf", "gguf/stories260K-F32.gguf"])
  func checkpointsCarryTheirTokenizer(_ path: String) throws {
    let checkpoint = try Checkpoint(TokenizerData.root.appending(path: "models/stories260K/" + path).path)
    let tokenizer = try Tokenizer.load(from: checkpoint)
    #expect(tokenizer.vocabularySize == 512)
    #expect(tokenizer.beginningOfText == 1)
    #expect(tokenizer.encode("", addSpecialTokens: true) == [1])
    #expect(tokenizer.endingTokens.contains(2))
  }
}
