import ArgumentParser
import PonderModels

/// How the matrices of a random checkpoint are stored.
///
/// As llama.cpp quantizes: the embedding of a 4- or 5-bit model, which is its output matrix too, is Q6_K; rows that are
/// no whole blocks of 256 get the next larger type with blocks of 32.
enum CheckpointFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case q8_0 = "Q8_0"
  case q4_0 = "Q4_0"
  case q4_K = "Q4_K"
  case q5_K = "Q5_K"
  case q6_K = "Q6_K"

  init?(argument: String) {
    self.init(rawValue: argument.uppercased())
  }

  func type(of tensor: ModelShape.Tensor) -> TensorType {
    switch tensor.role {
    case .norm: .f32
    case .matrix: type(columns: tensor.shape[1])
    case .embedding: embeddingFormat.type(columns: tensor.shape[1])
    }
  }

  /// `general.file_type`: llama.cpp's `llama_ftype`.
  var fileType: UInt32 {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q4_0: 2
    case .q8_0: 7
    case .q4_K: 14  // its "small" mixture
    case .q5_K: 16
    case .q6_K: 18
    case .bf16: 32
    }
  }

  private var embeddingFormat: CheckpointFormat {
    switch self {
    case .q4_0, .q4_K, .q5_K: .q6_K
    default: self
    }
  }

  private func type(columns: Int) -> TensorType {
    let isWhole = columns.isMultiple(of: 256)
    return switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    case .q8_0: .q8_0
    case .q4_0: .q4_0
    case .q4_K: isWhole ? .q4_K : .q5_0
    case .q5_K: isWhole ? .q5_K : .q5_1
    case .q6_K: isWhole ? .q6_K : .q8_0
    }
  }
}
