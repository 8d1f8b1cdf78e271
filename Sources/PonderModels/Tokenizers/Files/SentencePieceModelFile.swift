/// `tokenizer.model`, SentencePiece's protocol buffer (`sentencepiece_model.proto`), of which the pieces, the model type
/// and the normaliser's switches are read.
struct SentencePieceModelFile {
  private let name: String

  static func vocabulary(_ bytes: [UInt8], name: String) throws(TokenizerError) -> SentencePieceVocabulary {
    let file = SentencePieceModelFile(name: name)
    var vocabulary = SentencePieceVocabulary(file: name)
    // The defaults of the schema: a unigram model that collapses white space.
    var modelType: UInt64 = 1
    vocabulary.removesExtraWhitespace = true
    vocabulary.unknownSurface = " \u{2047} "
    var reader = file.reader(bytes[...])
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let piece)): vocabulary.pieces.append(try file.piece(piece))
      case (2, .bytes(let trainer)):
        var reader = file.reader(trainer)
        while let field = try reader.next() {
          if field.number == 3, case .varint(let type) = field.value { modelType = type }
          if field.number == 44, case .bytes(let surface) = field.value {
            vocabulary.unknownSurface = String(decoding: surface, as: UTF8.self)
          }
        }
      case (3, .bytes(let normalizer)):
        var reader = file.reader(normalizer)
        while let field = try reader.next() {
          switch (field.number, field.value) {
          case (2, .bytes(let map)) where !map.isEmpty:
            throw .unsupported(file: name, feature: "a normalizer with a character map")
          case (3, .varint(let adds)): vocabulary.addsDummyPrefix = adds != 0
          case (4, .varint(let removes)): vocabulary.removesExtraWhitespace = removes != 0
          case (5, .varint(let escapes)) where escapes == 0:
            throw .unsupported(file: name, feature: "white space that is not escaped")
          default: continue
          }
        }
      default: continue
      }
    }
    guard modelType == 2 else {
      let names: [UInt64: String] = [1: "unigram", 3: "word", 4: "char"]
      throw .unsupported(file: name, feature: "the SentencePiece model type \(names[modelType] ?? "\(modelType)")")
    }
    return vocabulary
  }

  private func piece(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) -> SentencePieceVocabulary.Piece {
    var piece = SentencePieceVocabulary.Piece(text: "", score: 0, kind: .normal)
    var reader = reader(bytes)
    while let field = try reader.next() {
      switch (field.number, field.value) {
      case (1, .bytes(let text)):
        guard let text = String(validating: text, as: UTF8.self) else {
          throw .malformed(file: name, reason: "a piece is not UTF-8")
        }
        piece.text = text
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let type)):
        guard let kind = TokenKind(rawValue: UInt8(truncatingIfNeeded: type)), type <= 6, kind != .missing else {
          throw .malformed(file: name, reason: "unknown piece type \(type)")
        }
        guard kind != .unused else { throw .unsupported(file: name, feature: "unused pieces") }
        piece.kind = kind
      default: continue
      }
    }
    return piece
  }

  // MARK: - Protocol buffers

  private func reader(_ bytes: ArraySlice<UInt8>) -> FieldReader { FieldReader(bytes: bytes, file: name) }

  private struct Field {
    enum Value {
      case varint(UInt64)
      case fixed32(UInt32)
      case fixed64
      case bytes(ArraySlice<UInt8>)
    }

    var number: UInt64
    var value: Value
  }

  /// Walks over the fields of one message; every length is checked against what is left.
  private struct FieldReader {
    var bytes: ArraySlice<UInt8>
    let file: String

    func cutShort() -> TokenizerError { .malformed(file: file, reason: "a field runs past the end") }

    mutating func next() throws(TokenizerError) -> Field? {
      guard !bytes.isEmpty else { return nil }
      let tag = try varint()
      let number = tag >> 3
      guard number > 0 else { throw .malformed(file: file, reason: "a field has the number 0") }
      switch tag & 7 {
      case 0: return Field(number: number, value: .varint(try varint()))
      case 1:
        _ = try take(8)
        return Field(number: number, value: .fixed64)
      case 2:
        let length = try varint()
        guard length <= UInt64(bytes.count) else { throw cutShort() }
        return Field(number: number, value: .bytes(try take(Int(length))))
      case 5:
        let bits = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Field(number: number, value: .fixed32(bits))
      case let type: throw .malformed(file: file, reason: "unknown wire type \(type)")
      }
    }

    private mutating func take(_ count: Int) throws(TokenizerError) -> ArraySlice<UInt8> {
      guard count <= bytes.count else { throw cutShort() }
      defer { bytes.removeFirst(count) }
      return bytes.prefix(count)
    }

    private mutating func varint() throws(TokenizerError) -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = bytes.popFirst() else { throw cutShort() }
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      throw .malformed(file: file, reason: "a number has more than ten bytes")
    }
  }
}
