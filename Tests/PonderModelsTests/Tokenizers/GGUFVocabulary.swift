import Foundation
import PonderGeneration
import PonderModels

/// The tokenizer metadata of a GGUF file that is known to be good, read by the shortest reader that can: these tests
/// are about tokenizers, not about the file format.
struct GGUFVocabulary {
  private let bytes: Data
  private var position = 24
  private var values: [String: Any] = [:]

  init(_ file: URL) throws {
    bytes = try Data(contentsOf: file)
    for _ in 0..<bytes[16..<24].reversed().reduce(0, { $0 << 8 | Int($1) }) {
      let key = string()
      values[key] = value(type: Int(integer(4)))
    }
  }

  var fields: GGUFTokenizerFields {
    func token(_ name: String) -> Token? {
      (values["tokenizer.ggml." + name] as? UInt64).flatMap { Token(exactly: $0) }
    }
    func list<T>(_ name: String, _: T.Type) -> [T] { values["tokenizer.ggml." + name] as? [T] ?? [] }
    return GGUFTokenizerFields(
      model: values["tokenizer.ggml.model"] as? String ?? "", pre: values["tokenizer.ggml.pre"] as? String,
      tokens: list("tokens", String.self), scores: list("scores", Float.self),
      tokenTypes: list("token_type", UInt64.self).map { Int32($0) }, merges: list("merges", String.self),
      beginningOfText: token("bos_token_id"), endOfText: token("eos_token_id"),
      addsBeginningOfText: values["tokenizer.ggml.add_bos_token"] as? Bool)
  }

  private mutating func integer(_ size: Int) -> UInt64 {
    defer { position += size }
    var value: UInt64 = 0
    for i in 0..<size { value |= UInt64(bytes[position + i]) << UInt64(8 * i) }
    return value
  }

  private mutating func string() -> String {
    let count = Int(integer(8))
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  private mutating func value(type: Int) -> Any {
    switch type {
    case 0, 1: return integer(1)
    case 2, 3: return integer(2)
    case 6: return Float(bitPattern: UInt32(integer(4)))
    case 7: return integer(1) != 0
    case 8: return string()
    case 10, 11, 12: return integer(8)
    case 9:
      let element = Int(integer(4))
      let count = Int(integer(8))
      switch element {
      case 8: return (0..<count).map { _ in string() }
      case 6: return (0..<count).map { _ in Float(bitPattern: UInt32(integer(4))) }
      default: return (0..<count).map { _ in integer(element <= 1 || element == 7 ? 1 : element >= 10 ? 8 : 4) }
      }
    default: return integer(4)
    }
  }
}
