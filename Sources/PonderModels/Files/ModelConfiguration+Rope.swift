/// The keys of `config.json` that say what attention sees and how positions turn.
extension ModelConfiguration {
  /// Base and scaling from either spelling. As in transformers 5, a non-null `rope_scaling` wins over
  /// `rope_parameters`, and a `rope_theta` inside the object over one beside it.
  static func rope(_ values: ConfigurationReader) throws(ModelFileError) -> (theta: Double, scaling: RopeScaling) {
    let key = values.value("rope_scaling") != nil ? "rope_scaling" : "rope_parameters"
    let parameters = try values.object(key)
    var theta = try values.number("rope_theta") ?? 10_000
    guard let parameters else { return (theta, .none) }
    theta = try parameters.number("rope_theta") ?? theta

    if parameters.value("full_attention") != nil || parameters.value("sliding_attention") != nil {
      throw values.fault(.unsupported, key, "differs between layers; one rotation for all layers is supported")
    }
    if let fraction = try parameters.number("partial_rotary_factor"), fraction != 1 {
      throw parameters.fault(.unsupported, "partial_rotary_factor", "is \(fraction); only whole heads are rotated")
    }
    let type = try parameters.string("rope_type", "type") ?? "default"
    switch type {
    case "default": return (theta, .none)
    case "linear": return (theta, .linear(factor: try parameters.requiredNumber("factor")))
    case "llama3":
      return (
        theta,
        .llama3(
          factor: try parameters.requiredNumber("factor"),
          lowFrequencyFactor: try parameters.requiredNumber("low_freq_factor"),
          highFrequencyFactor: try parameters.requiredNumber("high_freq_factor"),
          originalContextLength: try parameters.requiredInteger("original_max_position_embeddings"))
      )
    default:
      throw parameters.fault(
        .unsupported, "rope_type",
        "is \(type.quotedForMessage); supported are \(RopeScaling.supportedTypes.joined(separator: ", "))")
    }
  }

  /// The window of each layer, as transformers decides it: Mistral's holds for all layers (4096 where the key is
  /// absent); Qwen's must be switched on, and then holds for the layers that `layer_types` marks, or else those from
  /// `max_window_layers` on; Llama has none.
  static func attentionWindows(
    _ values: ConfigurationReader, _ architecture: Architecture, layerCount: Int
  ) throws(ModelFileError) -> [Int?] {
    // The count is validated with everything else; here it only must not ask for memory.
    let layers = 0..<max(0, min(layerCount, maximumLayers))
    switch architecture {
    case .llama: return layers.map { _ in nil }
    case .mistral:
      let isNull = values.isNull("sliding_window")
      let window = try values.integer("sliding_window") ?? (isNull ? nil : 4096)
      return layers.map { _ in window }
    case .qwen2, .qwen3:
      let isOn = try values.bool("use_sliding_window") ?? false
      let window = isOn ? try values.integer("sliding_window") ?? (values.isNull("sliding_window") ? nil : 4096) : nil
      guard let types = try values.strings("layer_types") else {
        let first = try values.integer("max_window_layers") ?? 28
        return layers.map { $0 >= first ? window : nil }
      }
      guard types.count == layerCount else {
        throw values.fault(.inconsistent, "layer_types", "has \(types.count) entries for \(layerCount) layers")
      }
      let known = ["full_attention", "sliding_attention"]
      if let type = types.first(where: { !known.contains($0) }) {
        throw values.fault(
          .unsupported, "layer_types", "has \(type.quotedForMessage); supported are \(known.joined(separator: ", "))")
      }
      return types.map { $0 == "sliding_attention" ? window : nil }
    }
  }
}
