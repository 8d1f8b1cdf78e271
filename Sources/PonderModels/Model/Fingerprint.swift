import OrderedCollections
import PonderCore
import PonderGeneration

/// A short name for what a model computes: the same for the same weights, formats and tokenizer.
///
/// FNV-1a over the configuration, the tensors' names, types and shapes, a sample of each tensor's bytes and the whole
/// vocabulary. It tells models apart that differ by training; it is no protection against forgery.
struct Fingerprint {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Bytes that are looked at of a tensor.
  private static let sampleCount = 256

  init(
    _ checkpoint: Checkpoint, _ tokenizer: Tokenizer?, _ weights: WeightPacking, _ cacheFormat: CacheFormat
  ) throws(ModelFileError) {
    combine("\(checkpoint.configuration)")
    if weights != .asStored { combine(weights.rawValue) }
    if cacheFormat != .f32 { combine(cacheFormat.rawValue) }
    // By name, because containers order their tensors differently.
    for name in checkpoint.tensors.keys.sorted() {
      let (file, record) = try checkpoint.contents.tensor(name)
      combine("\(name) \(record.type.rawValue) \(record.shape)")
      let bytes = file.bytes(in: record.range)
      let step = max(1, bytes.count / Self.sampleCount)
      for position in stride(from: 0, to: bytes.count, by: step) { combine(bytes[position]) }
      file.releasePages(in: record.range)
    }
    guard let tokenizer else { return }
    for token in 0..<tokenizer.vocabularySize {
      for byte in tokenizer.bytes(of: Token(token)) { combine(byte) }
      combine(0)
    }
  }

  /// 16 hexadecimal digits.
  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private mutating func combine(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

  private mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(0)
  }
}
