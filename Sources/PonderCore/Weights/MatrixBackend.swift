/// Who multiplies activations with weights in F32, F16 or BF16. Quantized weights always use Ponder's kernels.
public enum MatrixBackend: String, Sendable, Hashable, Codable, CaseIterable {
  /// Ponder's own kernels, which reduce in one fixed order by construction and read F16 and BF16 as they are.
  case kernels
  /// OpenBLAS `sgemm`, as a reference. It is called on tiles of one fixed size, which gave a row the same bits in every
  /// batch on all core types that were tried, but OpenBLAS promises nothing of the kind: exempt from the contract.
  case openBLAS
}
