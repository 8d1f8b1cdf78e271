import Foundation
import PonderCore

/// Rotary position embedding (Su et al. 2021, arXiv:2104.09864): pairs of a head's elements turn with the position.
package struct RotaryEmbedding: Sendable {
  /// Radians a position turns each pair: [head dimension / 2].
  private let frequencies: [Double]
  private let layout: ModelConfiguration.RotaryLayout

  package init(_ configuration: ModelConfiguration) {
    frequencies = configuration.ropeScaling.frequencies(
      headDimension: configuration.headDimension, theta: configuration.ropeTheta)
    layout = configuration.rotaryLayout
  }

  /// The rotations of some positions, worked out once and used by all layers.
  package struct Rotation: Sendable {
    /// [rows, head dimension / 2]
    fileprivate var cosines: [Float] = []
    fileprivate var sines: [Float] = []
  }

  package func rotation(at positions: [Int]) -> Rotation {
    var rotation = Rotation()
    for position in positions {
      for frequency in frequencies {
        let angle = Double(position) * frequency
        rotation.cosines.append(Float(cos(angle)))
        rotation.sines.append(Float(sin(angle)))
      }
    }
    return rotation
  }

  /// Turns every head of every row in place. x [rows, heads · head dimension]
  package func apply(_ rotation: Rotation, to x: borrowing Activations) {
    let half = frequencies.count
    let heads = x.width / (2 * half)
    rotation.cosines.withUnsafeBufferPointer { cosines in
      rotation.sines.withUnsafeBufferPointer { sines in
        guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
        for row in 0..<x.rows {
          let (c, s) = (cosines + row * half, sines + row * half)
          switch layout {
          case .halfSplit:
            Kernels.best.rotateHalves(
              x.row(row), cosines: c, sines: s, heads: heads, dimension: 2 * half, rotary: 2 * half)
          case .interleaved:
            Kernels.best.rotatePairs(
              x.row(row), cosines: c, sines: s, heads: heads, dimension: 2 * half, rotary: 2 * half)
          }
        }
      }
    }
  }
}
