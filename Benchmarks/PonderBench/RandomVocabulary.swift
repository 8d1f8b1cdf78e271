import PonderGeneration
import PonderModels

/// A vocabulary of a given size that byte-level BPE can use: all strings of bytes, the shortest first, then Llama 3's
/// special tokens.
///
/// Token 256 + k is token k / 256 with the byte k mod 256 behind it, and that is its merge.
struct RandomVocabulary {
  static let specialTokens = [
    "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
  ]

  let tokens: [String]
  let merges: [String]

  /// - Precondition: `size` has room for the bytes and the special tokens.
  init(size: Int) {
    let ordinary = size - Self.specialTokens.count
    precondition(ordinary >= 256, "a vocabulary of \(size)")
    let bytes = (0...255).map { String(Character(ByteLevelAlphabet.standIn(for: $0))) }
    var tokens = bytes
    var merges: [String] = []
    tokens.reserveCapacity(size)
    for index in 0..<ordinary - 256 {
      let (left, right) = (tokens[index / 256], bytes[index % 256])
      tokens.append(left + right)
      merges.append(left + " " + right)
    }
    self.tokens = tokens + Self.specialTokens
    self.merges = merges
  }

  var beginOfText: Int { tokens.count - Self.specialTokens.count }

  /// The token's `tokenizer.ggml.token_type`: 3 is control, 1 normal.
  var types: [Int32] { tokens.indices.map { $0 < beginOfText ? 1 : 3 } }
}
