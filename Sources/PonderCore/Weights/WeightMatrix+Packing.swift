extension WeightMatrix {
  /// The same weights, packed once for the fast integer kernels, which all products use from then on.
  ///
  /// The bytes it was made of stay for `dequantized` and `dequantizeRow`: mapped from a file they take no memory until
  /// somebody reads them. An empty matrix and floats to be kept as stored come back unchanged.
  ///
  /// - Throws: `WeightError.columns` when a row is no multiple of 32.
  public func packed(_ packing: WeightPacking = .asStored) throws(WeightError) -> WeightMatrix {
    guard rows > 0, columns > 0, packing != .asStored || !format.isFloat else { return self }
    let layout: PackedLayout? =
      switch packing {
      case .asStored: nil
      case .int8: .int8
      case .int4: .int4
      }
    var result = self
    result.panels = try PackedWeightMatrix(self, layout: layout)
    return result
  }

  /// Whether products use packed weights.
  public var isPacked: Bool { panels != nil }
}
