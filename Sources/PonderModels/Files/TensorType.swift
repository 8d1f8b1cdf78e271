/// How the elements of a stored tensor are encoded: the types of GGUF and of safetensors in one table.
///
/// Every type that either format defines is listed, so that a file with unusual tensors can be inspected and its
/// sizes checked. Only those with a ``weightFormat`` can be multiplied with.
///
/// Sources: ggml's `type_traits` (ggml.c) for blocks; safetensors' `Dtype` (tensor.rs).
public enum TensorType: String, Sendable, Hashable, Codable, CaseIterable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case f8e5m2 = "F8_E5M2"
  case f8e4m3 = "F8_E4M3"
  case f8e8m0 = "F8_E8M0"
  case f6e2m3 = "F6_E2M3"
  case f6e3m2 = "F6_E3M2"
  case f4 = "F4"
  case c64 = "C64"
  case bool = "BOOL"
  case i8 = "I8"
  case u8 = "U8"
  case i16 = "I16"
  case u16 = "U16"
  case i32 = "I32"
  case u32 = "U32"
  case i64 = "I64"
  case u64 = "U64"
  case q4_0 = "Q4_0"
  case q4_1 = "Q4_1"
  case q5_0 = "Q5_0"
  case q5_1 = "Q5_1"
  case q8_0 = "Q8_0"
  case q8_1 = "Q8_1"
  case q2_K = "Q2_K"
  case q3_K = "Q3_K"
  case q4_K = "Q4_K"
  case q5_K = "Q5_K"
  case q6_K = "Q6_K"
  case q8_K = "Q8_K"
  case iq2_XXS = "IQ2_XXS"
  case iq2_XS = "IQ2_XS"
  case iq2_S = "IQ2_S"
  case iq3_XXS = "IQ3_XXS"
  case iq3_S = "IQ3_S"
  case iq1_S = "IQ1_S"
  case iq1_M = "IQ1_M"
  case iq4_NL = "IQ4_NL"
  case iq4_XS = "IQ4_XS"
  case tq1_0 = "TQ1_0"
  case tq2_0 = "TQ2_0"
  case mxfp4 = "MXFP4"

  /// Elements of one block along a row, and the bytes that a block takes.
  public var block: (elements: Int, bytes: Int) {
    switch self {
    case .f64, .c64, .i64, .u64: (1, 8)
    case .f32, .i32, .u32: (1, 4)
    case .f16, .bf16, .i16, .u16: (1, 2)
    case .f8e5m2, .f8e4m3, .f8e8m0, .bool, .i8, .u8: (1, 1)
    case .f6e2m3, .f6e3m2: (4, 3)
    case .f4: (2, 1)
    case .q4_0, .iq4_NL: (32, 18)
    case .q4_1: (32, 20)
    case .q5_0: (32, 22)
    case .q5_1: (32, 24)
    case .q8_0: (32, 34)
    case .q8_1: (32, 36)
    case .mxfp4: (32, 17)
    case .q2_K: (256, 84)
    case .q3_K, .iq3_S: (256, 110)
    case .q4_K: (256, 144)
    case .q5_K: (256, 176)
    case .q6_K: (256, 210)
    case .q8_K: (256, 292)
    case .iq2_XXS, .tq2_0: (256, 66)
    case .iq2_XS: (256, 74)
    case .iq2_S: (256, 82)
    case .iq3_XXS: (256, 98)
    case .iq1_S: (256, 50)
    case .iq1_M: (256, 56)
    case .iq4_XS: (256, 136)
    case .tq1_0: (256, 54)
    }
  }

  /// Bytes of a tensor of this type and shape, rows whole blocks; nil when a row is not, or when the count overflows.
  ///
  /// - Parameter shape: outermost dimension first; an empty shape is one element.
  public func byteCount(shape: [Int]) -> Int? {
    let columns = shape.last ?? 1
    // Types below a byte in safetensors pack across rows; GGUF's blocks never do.
    let packsAcrossRows = block.elements > 1 && block.elements < 32
    guard columns >= 0, packsAcrossRows || columns % block.elements == 0 else { return nil }
    var elements = 1
    for dimension in shape {
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      elements = product
    }
    guard elements % block.elements == 0 else { return nil }
    let (bytes, overflow) = (elements / block.elements).multipliedReportingOverflow(by: block.bytes)
    return overflow ? nil : bytes
  }
}

/// The numbers of `enum ggml_type` in GGUF files.
extension TensorType {
  private static let ggmlIdentifiers: [(UInt32, TensorType)] = [
    (0, .f32), (1, .f16), (2, .q4_0), (3, .q4_1), (6, .q5_0), (7, .q5_1), (8, .q8_0), (9, .q8_1), (10, .q2_K),
    (11, .q3_K), (12, .q4_K), (13, .q5_K), (14, .q6_K), (15, .q8_K), (16, .iq2_XXS), (17, .iq2_XS), (18, .iq3_XXS),
    (19, .iq1_S), (20, .iq4_NL), (21, .iq3_S), (22, .iq2_S), (23, .iq4_XS), (24, .i8), (25, .i16), (26, .i32),
    (27, .i64), (28, .f64), (29, .iq1_M), (30, .bf16), (34, .tq1_0), (35, .tq2_0), (39, .mxfp4),
  ]

  init?(ggml identifier: UInt32) {
    guard let entry = Self.ggmlIdentifiers.first(where: { $0.0 == identifier }) else { return nil }
    self = entry.1
  }

  /// Nil for a type that only safetensors has.
  var ggml: UInt32? { Self.ggmlIdentifiers.first { $0.1 == self }?.0 }

  /// Whether safetensors has a name for the type.
  var isInSafetensors: Bool { block.elements < 32 }
}
