/// What runs of one workload showed.
struct Measurement: Codable, Sendable {
  /// What one run showed.
  enum Reading: Codable, Sendable {
    case speed(tokens: Int, seconds: Double)
    /// Bytes beside the weights.
    case memory(bytes: Int)
    case search(SearchCost)
  }

  var workload: String
  /// The process that ran beside it, if one did.
  var isContended = false
  var readings: [Reading] = []

  /// Tokens a second in the best run.
  var speed: Double? {
    readings.compactMap { reading in
      if case .speed(let tokens, let seconds) = reading { Double(tokens) / seconds } else { nil }
    }.max()
  }
}

/// Tokens that went through the models of a search.
struct SearchCost: Codable, Sendable {
  struct Part: Codable, Sendable {
    /// Rows that the model computed.
    var computed: Int
    /// Positions that differ in what they and all before them say, of those that had to be computed.
    var distinct: Int
    /// What a model would compute that keeps nothing between calls.
    var withoutCache: Int
    /// Sequences that went on from inside a cached prefix, each of which computes its last token again.
    var calls: Int
  }

  var policy: Part
  var rewardModel: Part
  var seconds: Double
}
