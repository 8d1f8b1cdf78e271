/// The one naming of tensors that model code uses, Hugging Face's, and how GGUF spells it.
package enum TensorNames {
  /// GGUF's name of a Hugging Face tensor: `model.layers.3.mlp.up_proj.weight` is `blk.3.ffn_up.weight`.
  /// A name without a counterpart is the same in both.
  package static func gguf(_ name: String) -> String { translate(name, from: \.huggingFace, to: \.gguf) }

  /// Hugging Face's name of a GGUF tensor.
  package static func canonical(gguf name: String) -> String { translate(name, from: \.gguf, to: \.huggingFace) }

  private typealias Pair = (huggingFace: String, gguf: String)

  private static let layerPrefix: Pair = ("model.layers.", "blk.")

  private static let outside: [Pair] = [
    ("model.embed_tokens", "token_embd"), ("model.norm", "output_norm"), ("lm_head", "output"),
    ("score", "cls.output"),
  ]

  private static let inLayer: [Pair] = [
    ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"), ("self_attn.k_proj", "attn_k"),
    ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"), ("self_attn.q_norm", "attn_q_norm"),
    ("self_attn.k_norm", "attn_k_norm"), ("post_attention_layernorm", "ffn_norm"), ("mlp.gate_proj", "ffn_gate"),
    ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down"),
  ]

  private static func translate(
    _ name: String, from source: KeyPath<Pair, String>, to target: KeyPath<Pair, String>
  ) -> String {
    guard let dot = name.lastIndex(of: ".") else { return name }
    let (stem, suffix) = (name[..<dot], name[dot...])
    if let pair = outside.first(where: { $0[keyPath: source] == stem }) { return pair[keyPath: target] + suffix }
    let prefix = layerPrefix[keyPath: source]
    guard stem.hasPrefix(prefix) else { return name }
    let parts = stem.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let pair = inLayer.first(where: { $0[keyPath: source] == parts[1] }) else { return name }
    return layerPrefix[keyPath: target] + parts[0] + "." + pair[keyPath: target] + suffix
  }
}
