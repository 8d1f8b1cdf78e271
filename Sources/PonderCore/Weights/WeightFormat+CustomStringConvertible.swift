extension WeightFormat: CustomStringConvertible {
  /// GGML's name: "Q4_K".
  public var description: String { name }
}
