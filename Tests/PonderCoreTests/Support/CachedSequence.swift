import Foundation
import PonderCore

/// Keys and values of one head in panels of their own, with what each format makes of them worked out apart.
final class CachedSequence {
  let format: CacheFormat
  let dimension: Int
  /// As attention is to read them: [positions][dimension].
  private(set) var keys: [[Float]] = []
  private(set) var values: [[Float]] = []
  private(set) var panels: [UnsafeMutableRawPointer]
  private let owned: Int
  private let kernels: Kernels

  /// - Parameter prefix: a whole number of panels of it is shared rather than written again.
  init(
    _ kernels: Kernels, _ format: CacheFormat, keys: [[Float]], values: [[Float]],
    sharing prefix: CachedSequence? = nil,
    panels shared: Int = 0
  ) {
    (self.kernels, self.format, dimension) = (kernels, format, keys[0].count)
    panels = Array(prefix?.panels.prefix(shared) ?? [])
    owned = shared
    for (position, (key, value)) in zip(keys, values).enumerated() {
      if position / 16 == panels.count {
        let bytes = format.bytesPerPanel(dimension: dimension)
        let panel = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        // NaN in every format: whatever reads behind the last position shows it.
        panel.initializeMemory(as: UInt8.self, repeating: 0xff, count: bytes)
        panels.append(panel)
      }
      self.keys.append(format.rounded(key))
      self.values.append(format.rounded(value))
      if position / 16 < shared { continue }
      kernels.store(
        key: key, value: value, at: position % 16, of: panels[position / 16], format: format, dimension: dimension)
    }
  }

  deinit {
    for panel in panels.dropFirst(owned) { panel.deallocate() }
  }

  static func random(
    _ kernels: Kernels, _ format: CacheFormat, positions: Int, dimension: Int, seed: UInt64,
    sharing prefix: CachedSequence? = nil, panels: Int = 0
  ) -> CachedSequence {
    var generator = SplitMix64(seed)
    func rows() -> [[Float]] { (0..<positions).map { _ in generator.floats(dimension) } }
    var (keys, values) = (rows(), rows())
    if let prefix {
      keys.replaceSubrange(0..<panels * 16, with: prefix.keys.prefix(panels * 16))
      values.replaceSubrange(0..<panels * 16, with: prefix.values.prefix(panels * 16))
    }
    return CachedSequence(kernels, format, keys: keys, values: values, sharing: prefix, panels: panels)
  }

  /// softmax(q·Kᵀ/√d)·V in double precision, and how far single precision may be from it.
  func attention(_ query: [Float], at position: Int, window: Int?) -> (out: [Double], tolerance: [Double]) {
    let seen = max(0, position + 1 - (window ?? .max))..<position + 1
    let scale = 1 / Double(dimension).squareRoot()
    let sums = seen.map { exactDot(query, keys[$0]) }
    let scores = sums.map { $0.value * scale }
    let largest = scores.max() ?? 0
    let weights = scores.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    // Roundings of 2⁻²⁴: of a score, a multiply-add for each element, the scale and the difference from the maximum; of
    // a weight, the exponential's 2.5e-7 for itself and each step's rescaling; of the two sums, one for each position.
    let scoreError = (sums.map(\.magnitude).max() ?? 0) * scale * Double(dimension + 4) * 0x1p-24
    let steps = Double(seen.count / 64 + 2)
    let relative = 2 * scoreError + steps * 4e-7 + 2 * Double(seen.count + 4) * 0x1p-24
    var out = [Double](repeating: 0, count: dimension)
    var magnitude = out
    for (weight, position) in zip(weights, seen) {
      for i in 0..<dimension {
        out[i] += weight / total * Double(values[position][i])
        magnitude[i] += weight / total * Double(values[position][i].magnitude)
      }
    }
    return (out, magnitude.map { $0 * relative * 1.01 + 1e-40 })
  }
}

extension CacheFormat {
  /// What is read back of a vector that was stored.
  func rounded(_ x: [Float]) -> [Float] {
    switch self {
    case .f32: return x
    case .f16: return x.map { Float(Float16($0)) }
    case .int8:
      let largest = x.reduce(0) { max($0, $1.magnitude) }
      guard x.allSatisfy(\.isFinite) else { return x.map { _ in .nan } }
      guard largest >= 0x1p-100 else { return x.map { _ in 0 } }
      return x.map { ($0 * (127 / largest)).rounded(.toNearestOrEven) * (largest / 127) }
    }
  }
}
