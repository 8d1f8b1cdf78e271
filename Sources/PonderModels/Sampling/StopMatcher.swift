import PonderGeneration

/// Watches generated text for stop strings, wherever the boundaries of tokens fall.
///
/// Text that may be the beginning of a stop string that is to be cut off is held back until it is known not to be.
/// Works on UTF-8; a stop string begins at a character's first byte, so what it lets through is whole characters.
package struct StopMatcher: Sendable {
  package struct Step: Sendable, Hashable {
    /// What may be shown now.
    package var text: String
    /// The stop that was completed; nothing is fed after it.
    package var stop: GenerationRequest.Stop?
  }

  private let stops: [(stop: GenerationRequest.Stop, bytes: [UInt8])]
  /// What has been seen, as far back as a stop string can reach.
  private var window: [UInt8] = []
  /// How many bytes at the end of the window have not been shown.
  private var held = 0

  package init(_ stops: [GenerationRequest.Stop]) {
    self.stops = stops.map { ($0, Array($0.string.utf8)) }
  }

  /// Takes the text of one more token.
  package mutating func feed(_ text: String) -> Step {
    guard !stops.isEmpty else { return Step(text: text, stop: nil) }
    let seen = window.count
    window += text.utf8
    held += text.utf8.count
    let shown = window.count - held

    if let match = firstMatch(endingAfter: seen) {
      let end = match.stop.isKept ? window.count : max(match.start, shown)
      return Step(text: String(decoding: window[shown..<end], as: UTF8.self), stop: match.stop)
    }

    held = longestOpenPrefix(upTo: held)
    let visible = window.count - held
    let step = Step(text: String(decoding: window[shown..<visible], as: UTF8.self), stop: nil)
    let reach = max(held, (stops.map(\.bytes.count).max() ?? 1) - 1)
    if window.count > reach { window.removeFirst(window.count - reach) }
    return step
  }

  /// What was held back, when generation ends without a stop.
  package mutating func flush() -> String {
    defer { (window, held) = ([], 0) }
    return String(decoding: window.suffix(held), as: UTF8.self)
  }

  /// The match that is completed first; of several with one end, the one that begins first.
  private func firstMatch(endingAfter seen: Int) -> (stop: GenerationRequest.Stop, start: Int)? {
    for end in seen..<window.count {
      var best: (stop: GenerationRequest.Stop, start: Int)?
      for (stop, bytes) in stops where bytes.count <= end + 1 {
        let start = end + 1 - bytes.count
        if start < (best?.start ?? .max), window[start...end].elementsEqual(bytes) { best = (stop, start) }
      }
      if let best { return best }
    }
    return nil
  }

  /// The length of the longest unshown end of the window with which a stop string that is cut off may begin.
  private func longestOpenPrefix(upTo limit: Int) -> Int {
    var longest = 0
    for (stop, bytes) in stops where !stop.isKept {
      var length = min(bytes.count - 1, limit)
      while length > longest && !window.suffix(length).elementsEqual(bytes.prefix(length)) { length -= 1 }
      longest = max(longest, length)
    }
    return longest
  }
}
