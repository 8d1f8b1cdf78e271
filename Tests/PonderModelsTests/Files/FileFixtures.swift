import Foundation
import OrderedCollections
import PonderCore
import PonderModels

/// Real files to read, from the environment or from beside the repository; absent on a fresh clone, and the tests that
/// need them are skipped then.
enum SharedFiles {
  static let root: String = {
    if let path = ProcessInfo.processInfo.environment["PONDER_TEST_DATA"] { return path }
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { package.deleteLastPathComponent() }
    return package.deletingLastPathComponent().appendingPathComponent("shared/data").path
  }()

  static let exist = FileManager.default.fileExists(atPath: root + "/models")

  static func path(_ name: String) -> String { root + "/" + name }

  /// Paths under a folder of the shared data with an extension, sorted.
  static func list(_ folder: String, _ suffix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return names.filter { $0.hasSuffix(suffix) }.sorted().map { folder + "/" + $0 }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): a few lines, and the same bytes for the same seed everywhere.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension FixedWidthInteger {
  var bytes: [UInt8] { withUnsafeBytes(of: littleEndian, Array.init) }
}

/// The smallest Llama there can be, written in either format.
enum TinyModel {
  /// Hugging Face name and shape of every tensor: width 8, 2 heads of 4, 1 key/value head, feed-forward 12, 6 tokens.
  static let shapes: [(String, [Int])] = [
    ("model.embed_tokens.weight", [6, 8]),
    ("model.layers.0.input_layernorm.weight", [8]),
    ("model.layers.0.self_attn.q_proj.weight", [8, 8]),
    ("model.layers.0.self_attn.k_proj.weight", [4, 8]),
    ("model.layers.0.self_attn.v_proj.weight", [4, 8]),
    ("model.layers.0.self_attn.o_proj.weight", [8, 8]),
    ("model.layers.0.post_attention_layernorm.weight", [8]),
    ("model.layers.0.mlp.gate_proj.weight", [12, 8]),
    ("model.layers.0.mlp.up_proj.weight", [12, 8]),
    ("model.layers.0.mlp.down_proj.weight", [8, 12]),
    ("model.norm.weight", [8]),
    ("lm_head.weight", [6, 8]),
  ]

  static let configuration = """
    {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 8, "num_hidden_layers": 1,
     "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 12, "vocab_size": 6,
     "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "bos_token_id": 1, "eos_token_id": [2, 3]}
    """

  static let metadata: OrderedDictionary<String, GGUFValue> = [
    "general.architecture": .string("llama"), "llama.block_count": .uint32(1), "llama.context_length": .uint32(32),
    "llama.embedding_length": .uint32(8), "llama.feed_forward_length": .uint32(12),
    "llama.attention.head_count": .uint32(2), "llama.attention.head_count_kv": .uint32(1),
    "llama.attention.layer_norm_rms_epsilon": .float32(1e-5), "tokenizer.ggml.model": .string("llama"),
    "tokenizer.ggml.tokens": .array(.string(["<unk>", "<s>", "</s>", "a", "b", "<|im_end|>"])),
    "tokenizer.ggml.scores": .array(.float32([0, 0, 0, -1, -2, 0])),
    "tokenizer.ggml.bos_token_id": .uint32(1), "tokenizer.ggml.eos_token_id": .uint32(2),
  ]

  /// Values that tell a tensor and an element apart: tensor number + element number / 1000.
  static func values(_ tensor: Int) -> [Float] {
    (0..<shapes[tensor].1.reduce(1, *)).map { Float(tensor) + Float($0) / 1000 }
  }

  static func safetensors(_ range: Range<Int> = 0..<shapes.count) -> SafetensorsWriter {
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for tensor in range {
      writer.add(TensorPayload(shapes[tensor].0, shape: shapes[tensor].1, values: values(tensor)))
    }
    return writer
  }

  static func gguf(_ metadata: OrderedDictionary<String, GGUFValue> = metadata) -> GGUFWriter {
    var writer = GGUFWriter(metadata: metadata)
    for (tensor, (name, shape)) in shapes.enumerated() {
      writer.add(TensorPayload(TensorNames.gguf(name), shape: shape, values: values(tensor)))
    }
    return writer
  }
}

/// The error that opening something gives, nil when it opens.
func fileError(_ body: () throws(ModelFileError) -> Void) -> ModelFileError? {
  do throws(ModelFileError) { try body() } catch { return error }
  return nil
}

/// Reads every tensor of a checkpoint from end to end, so that a range outside the file would crash here.
func touchEverything(_ checkpoint: Checkpoint) throws {
  for (name, record) in checkpoint.tensors where record.type.weightFormat != nil && !record.shape.contains(0) {
    if record.shape.count == 2 {
      let weight = try checkpoint.weight(name)
      var row = [Float](repeating: 0, count: weight.columns)
      row.withUnsafeMutableBufferPointer { weight.dequantizeRow(weight.rows - 1, into: $0) }
    } else if record.shape.count == 1 {
      _ = try checkpoint.vector(name)
    }
  }
}
