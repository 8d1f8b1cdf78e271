import Foundation

/// What happens to text before it is cut into words.
struct Normalizer: Sendable {
  enum Step: Sendable, Equatable {
    case nfc
    case nfd
    case nfkc
    case nfkd
    case prepend([UInt8])
    case replace([UInt8], with: [UInt8])
    /// SentencePiece's `remove_extra_whitespaces`: none at the ends, single ones between.
    case collapseSpaces
  }

  var steps: [Step] = []

  /// The normalised text, or nil if nothing changes, which spares the copy.
  func normalize(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var result: [UInt8]?
    for step in steps {
      let changed =
        result.map { $0.withUnsafeBufferPointer { Self.apply(step, to: $0) } } ?? Self.apply(step, to: text)
      if let changed { result = changed }
    }
    return result
  }

  private static func apply(_ step: Step, to text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard !text.isEmpty else { return nil }
    switch step {
    case .prepend(let prefix):
      return prefix + text
    case .replace(let pattern, let replacement):
      return replacing(pattern, with: replacement, in: text)
    case .nfc:
      // Every character below U+0300 is in form C already and does not combine.
      return text.allSatisfy { $0 < 0xCC } ? nil : mapped(text, \.precomposedStringWithCanonicalMapping)
    case .nfd:
      return text.allSatisfy { $0 < 0x80 } ? nil : mapped(text, \.decomposedStringWithCanonicalMapping)
    case .nfkc:
      return text.allSatisfy { $0 < 0x80 } ? nil : mapped(text, \.precomposedStringWithCompatibilityMapping)
    case .nfkd:
      return text.allSatisfy { $0 < 0x80 } ? nil : mapped(text, \.decomposedStringWithCompatibilityMapping)
    case .collapseSpaces:
      return Array(text.split(separator: UInt8(ascii: " ")).joined(separator: CollectionOfOne(UInt8(ascii: " "))))
    }
  }

  private static func mapped(_ text: UnsafeBufferPointer<UInt8>, _ form: (String) -> String) -> [UInt8] {
    Array(form(String(decoding: text, as: UTF8.self)).utf8)
  }

  private static func replacing(
    _ pattern: [UInt8], with replacement: [UInt8], in text: UnsafeBufferPointer<UInt8>
  ) -> [UInt8]? {
    guard let first = pattern.first, pattern.count <= text.count else { return nil }
    var result: [UInt8] = []
    var copied = 0
    var position = 0
    while position + pattern.count <= text.count {
      if text[position] == first, text[position..<position + pattern.count].elementsEqual(pattern) {
        result.append(contentsOf: text[copied..<position])
        result.append(contentsOf: replacement)
        position += pattern.count
        copied = position
      } else {
        position += 1
      }
    }
    return copied == 0 ? nil : result + text[copied...]
  }
}
