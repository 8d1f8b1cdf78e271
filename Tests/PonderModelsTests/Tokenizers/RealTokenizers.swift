import Foundation
import PonderModels

/// The real tokenizers, each loaded once.
enum RealTokenizer: String, CaseIterable, Sendable {
  case llama2SentencePiece = "llama2_sentencepiece"
  case llama3Tiktoken = "llama3_tiktoken"
  case ggufGPT2 = "llamacpp_gpt-2"
  case ggufLlama3 = "llamacpp_llama-bpe"
  case ggufLlama2 = "llamacpp_llama-spm"
  case ggufQwen2 = "llamacpp_qwen2"
  case qwen = "qwen2.5_hf_tokenizers"
  case smolLMLegacy = "smollm-legacy_hf_tokenizers"
  case smolLM2 = "smollm2-newformat_hf_tokenizers"
  case stories = "stories260K_hf_tokenizers"
  case ggufStories = "stories260K_llamacpp"

  /// Whether special tokens are found in the text: Hugging Face's `encode` always does that. (Qwen's truth was made from
  /// `vocab.json` and `merges.txt` alone, which name no special tokens.)
  var parsesSpecialTokens: Bool { rawValue.hasSuffix("hf_tokenizers") && self != .qwen }

  func load() throws -> Tokenizer {
    func folder(_ path: String) throws -> Tokenizer {
      try Tokenizer.load(from: TokenizerData.root.appending(path: path))
    }
    func gguf(_ path: String) throws -> Tokenizer {
      try Tokenizer.load(from: TokenizerData.root.appending(path: path))
    }
    switch self {
    case .llama2SentencePiece:
      // The same vocabulary as the GGUF's, written as SentencePiece writes it.
      let vocabulary = try GGUFVocabulary(
        TokenizerData.root.appending(path: "tokenizers/gguf/ggml-vocab-llama-spm.gguf"))
      let folder = FileManager.default.temporaryDirectory.appending(path: "ponder-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try SentencePieceWriter.model(vocabulary.fields).write(to: folder.appending(path: "tokenizer.model"))
      return try Tokenizer.load(from: folder)
    case .llama3Tiktoken: return try folder("tokenizers/llama3")
    case .ggufGPT2: return try gguf("tokenizers/gguf/ggml-vocab-gpt-2.gguf")
    case .ggufLlama3: return try gguf("tokenizers/gguf/ggml-vocab-llama-bpe.gguf")
    case .ggufLlama2: return try gguf("tokenizers/gguf/ggml-vocab-llama-spm.gguf")
    case .ggufQwen2: return try gguf("tokenizers/gguf/ggml-vocab-qwen2.gguf")
    case .qwen: return try folder("tokenizers/qwen2.5")
    case .smolLMLegacy: return try folder("tokenizers/smollm-legacy")
    case .smolLM2: return try folder("tokenizers/smollm2-newformat")
    case .stories: return try folder("models/stories260K/hf")
    case .ggufStories: return try gguf("models/stories260K/gguf/stories260K-F32.gguf")
    }
  }
}

/// Writes the protocol buffer that SentencePiece would, `sentencepiece_model.proto`.
enum SentencePieceWriter {
  static func model(_ fields: GGUFTokenizerFields) -> Data {
    var model = Data()
    for (index, token) in fields.tokens.enumerated() {
      var piece = field(1, bytes: Data(token.utf8))
      piece.append(contentsOf: [2 << 3 | 5])
      withUnsafeBytes(of: fields.scores[index].bitPattern.littleEndian) { piece.append(contentsOf: $0) }
      piece.append(contentsOf: [3 << 3, UInt8(fields.tokenTypes[index])])
      model.append(field(1, bytes: piece))
    }
    // Trainer: model type BPE. Normalizer: dummy prefix, white space kept.
    model.append(field(2, bytes: Data([3 << 3, 2])))
    model.append(field(3, bytes: field(1, bytes: Data("identity".utf8)) + Data([3 << 3, 1, 4 << 3, 0])))
    return model
  }

  private static func field(_ number: UInt8, bytes: Data) -> Data {
    var data = Data([number << 3 | 2])
    var length = bytes.count
    repeat {
      data.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
      length >>= 7
    } while length > 0
    return data + bytes
  }
}
