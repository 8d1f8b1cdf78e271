import Foundation
import PonderGeneration

/// Real and derived checkpoints outside of the repository, with what other implementations compute from them.
/// Tests that need them are enabled where the folder exists.
enum ModelData {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["PONDER_TEST_DATA"] {
      return URL(filePath: path).appending(path: "models")
    }
    return packageRoot.deletingLastPathComponent().appending(path: "shared/data/models")
  }()

  static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The model that the package carries; always there.
  static let example = packageRoot.appending(path: "Examples/Models/arithmetic-0.8M")

  static var isPresent: Bool { FileManager.default.fileExists(atPath: root.path) }

  static func path(_ name: String) -> String { root.appending(path: name).path }

  static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: root.appending(path: name)))
  }

  static func decodeLines<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> [Value] {
    try Data(contentsOf: root.appending(path: name)).split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(type, from: Data($0))
    }
  }

  /// Rows of little-endian floats.
  static func floats(_ name: String, width: Int) throws -> [[Float]] {
    let data = try Data(contentsOf: root.appending(path: name))
    let values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
    return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
  }
}

/// A case of transformers: all logits and greedy tokens of a checkpoint.
struct TransformersCase: Decodable {
  var tokens: [Token]
  var logits_shape: [Int]
  var greedy_prompt: [Token]?
  var greedy: [Token]?
}

/// A case of libllama: a GGUF file, a prompt, greedy tokens and the first logit rows.
struct LlamaCase: Decodable {
  var model: String
  var prompt: String
  var prompt_ids: [Token]
  var greedy_ids: [Token]
  var text: String
  var n_vocab: Int
  var logits_file: String
  var logits_rows: Int
}

/// A case of libllama for one quantization of a random model.
struct QuantizedCase: Decodable {
  var file: String
  var prompt_ids: [Token]
  var greedy_ids: [Token]
  var logits_file: String
  var n_vocab: Int
}
