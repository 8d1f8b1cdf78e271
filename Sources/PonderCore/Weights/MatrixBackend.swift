/// Who multiplies activations with weights in F32, F16 or BF16. Quantized weights always use Ponder's kernels.
public enum MatrixBackend: String, Sendable, Hashable, Codable, CaseIterable {
  /// OpenBLAS `sgemm`, called on tiles of one fixed size so that a row's bits do not depend on the other rows.
  case openBLAS
  /// Ponder's own kernels, which reduce in one fixed order by construction and read F16 and BF16 as they are.
  case kernels
}
