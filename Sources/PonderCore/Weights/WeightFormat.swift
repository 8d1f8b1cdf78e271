/// How the weights of a matrix are stored, one case per GGML type that Ponder reads.
///
/// Quantized formats store each row as blocks of 32 or 256 neighbours that share scales; layouts are those of
/// [GGML](https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h).
public enum WeightFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// IEEE single precision.
  case f32 = "F32"
  /// IEEE half precision.
  case f16 = "F16"
  /// bfloat16: the upper half of a single.
  case bf16 = "BF16"
  /// 8 bits, one scale per 32.
  case q8_0 = "Q8_0"
  /// 4 bits, one scale per 32.
  case q4_0 = "Q4_0"
  /// 4 bits, scale and minimum per 32.
  case q4_1 = "Q4_1"
  /// 5 bits, one scale per 32.
  case q5_0 = "Q5_0"
  /// 5 bits, scale and minimum per 32.
  case q5_1 = "Q5_1"
  /// 2 bits, 4-bit scale and minimum per 16 in blocks of 256.
  case q2_K = "Q2_K"
  /// 3 bits, 6-bit scale per 16 in blocks of 256.
  case q3_K = "Q3_K"
  /// 4 bits, 6-bit scale and minimum per 32 in blocks of 256.
  case q4_K = "Q4_K"
  /// 5 bits, 6-bit scale and minimum per 32 in blocks of 256.
  case q5_K = "Q5_K"
  /// 6 bits, 8-bit scale per 16 in blocks of 256.
  case q6_K = "Q6_K"
  /// 4 bits into a table of 16 unevenly spaced values, one scale per 32.
  case iq4_NL = "IQ4_NL"
  /// The same table, 6-bit scale per 32 in blocks of 256.
  case iq4_XS = "IQ4_XS"

  /// The format of a `ggml_type` number; nil for a type that Ponder does not read.
  public init?(ggmlType: UInt32) {
    guard let format = Self.allCases.first(where: { $0.ggmlType == ggmlType }) else { return nil }
    self = format
  }

  /// GGML's name: "Q4_K".
  public var name: String { rawValue }

  /// GGML's number of the type, as in GGUF files.
  public var ggmlType: UInt32 { layout.ggmlType }

  /// Neighbouring weights in one block; a row holds a multiple of these.
  public var elementsPerBlock: Int { layout.elements }

  /// Bytes of one block.
  public var bytesPerBlock: Int { layout.bytes }

  /// Whether weights are floating-point numbers of their own rather than blocks of small integers.
  public var isFloat: Bool { elementsPerBlock == 1 }

  /// Whether weight = scale·q − offset has an offset.
  var hasOffsets: Bool {
    switch self {
    case .q4_1, .q5_1, .q2_K, .q4_K, .q5_K: true
    default: false
    }
  }

  /// Bytes of `rows` rows of `columns` weights; nil when a row is no whole number of blocks, a count is negative, or
  /// the total overflows.
  public func byteCount(rows: Int, columns: Int) -> Int? {
    guard rows >= 0, columns >= 0, columns.isMultiple(of: elementsPerBlock) else { return nil }
    let (row, rowOverflows) = (columns / elementsPerBlock).multipliedReportingOverflow(by: bytesPerBlock)
    let (total, totalOverflows) = row.multipliedReportingOverflow(by: rows)
    return rowOverflows || totalOverflows ? nil : total
  }

  private var layout: (ggmlType: UInt32, elements: Int, bytes: Int) {
    switch self {
    case .f32: (0, 1, 4)
    case .f16: (1, 1, 2)
    case .q4_0: (2, 32, 18)
    case .q4_1: (3, 32, 20)
    case .q5_0: (6, 32, 22)
    case .q5_1: (7, 32, 24)
    case .q8_0: (8, 32, 34)
    case .q2_K: (10, 256, 84)
    case .q3_K: (11, 256, 110)
    case .q4_K: (12, 256, 144)
    case .q5_K: (13, 256, 176)
    case .q6_K: (14, 256, 210)
    case .iq4_NL: (20, 32, 18)
    case .iq4_XS: (23, 256, 136)
    case .bf16: (30, 1, 2)
    }
  }
}
