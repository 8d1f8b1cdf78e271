/// What to make of a matrix when it is packed for the fast integer kernels.
public enum WeightPacking: String, Sendable, Hashable, Codable, CaseIterable {
  /// Quantized weights keep their integers; floats are not packed.
  case asStored
  /// Every format becomes 8 bits with a scale per 32 neighbours, as accurate as Q8_0.
  case int8
  /// Every format becomes 4 bits with a scale per 32 neighbours, as accurate as Q4_0.
  case int4
}
