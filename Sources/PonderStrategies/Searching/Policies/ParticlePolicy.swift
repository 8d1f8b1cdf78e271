import PonderGeneration

/// The decisions of particle filtering over steps: Puri et al. 2025 (arXiv:2502.01618).
///
/// All particles advance one step; weights are the softmax of the scores' logits (p clamped to [1e-6, 1 − 1e-6]) over a
/// temperature; then particles are drawn anew by weight. Finished particles keep their state and their weight and are drawn
/// with the others.
public struct ParticlePolicy: TreePolicy, Hashable {
  /// How particles are drawn.
  public enum Resampling: String, Sendable, Hashable, Codable, CaseIterable {
    /// One random number, evenly spaced points: each particle stays ⌊N·w⌋ or ⌈N·w⌉ times.
    case systematic
    /// Independent draws.
    case multinomial
  }

  /// N.
  public let count: Int
  /// How particles are drawn.
  public let resampling: Resampling
  /// Draw anew only when the effective sample size 1 / Σ w² falls below this fraction of N; 1 draws at every step.
  public let effectiveFraction: Double
  /// The softmax temperature at the first and at the last step, in between linear. 1 … 1 is the paper's.
  public let temperature: ClosedRange<Double>
  /// Steps a path may have; the last runs to the end of the text.
  public let maximumSteps: Int

  private struct Particle: Codable, Hashable {
    var node: Int?
    var score: Double?
    var isFinished = false
  }

  private var seed = Seed(0)
  private var depth = 0
  private var particles: [Particle] = []

  /// Makes a policy.
  ///
  /// - Parameter temperature: From high (explore) at the first step down to low at the last; 1 … 1 does not anneal.
  public init(
    count: Int, resampling: Resampling = .systematic, effectiveFraction: Double = 1,
    temperature: ClosedRange<Double> = 1...1, maximumSteps: Int = 40
  ) {
    self.count = count
    self.resampling = resampling
    self.effectiveFraction = effectiveFraction
    self.temperature = temperature
    self.maximumSteps = maximumSteps
  }

  /// Begins with all particles at the beginning.
  public mutating func begin(seed: Seed) {
    self.seed = seed
    depth = 1
    particles = Array(repeating: Particle(), count: count)
  }

  /// One step for each particle that has not finished.
  public mutating func ask() -> [Expansion] {
    guard depth <= maximumSteps else { return [] }
    return particles.filter { !$0.isFinished }.map { Expansion(parent: $0.node, runsToEnd: depth == maximumSteps) }
  }

  /// Moves the particles and draws them anew.
  public mutating func tell(_ observations: [Observation]) -> [SearchDecision] {
    var moved = observations[...]
    var survivors: [Particle] = []
    for particle in particles {
      guard !particle.isFinished else {
        survivors.append(particle)
        continue
      }
      guard let new = moved.popFirst() else { break }
      switch new.status {
      case .open: survivors.append(Particle(node: new.node, score: new.score))
      case .finished: survivors.append(Particle(node: new.node, score: new.score, isFinished: true))
      case .duplicate(let twin):
        guard let other = observations.observation(of: twin) else { break }
        survivors.append(Particle(node: twin, score: other.score, isFinished: other.status == .finished))
      case .dead: break
      }
    }
    particles = survivors
    depth += 1
    guard particles.contains(where: { !$0.isFinished }), depth <= maximumSteps else { return [] }
    let weights = self.weights()
    let effective = 1 / weights.reduce(0) { $0 + $1 * $1 }
    guard effectiveFraction >= 1 || effective < effectiveFraction * Double(count) else { return [] }
    let ancestors = draw(by: weights)
    let before = particles
    particles = ancestors.map { before[$0] }
    let lost = Set(before.indices).subtracting(ancestors).sorted().compactMap { before[$0].node }
    return [.resample(particles.compactMap(\.node))] + (lost.isEmpty ? [] : [.prune(lost)])
  }

  /// The normalised weights of the particles now.
  func weights() -> [Double] {
    let progress = maximumSteps > 1 ? Double(depth - 2) / Double(maximumSteps - 1) : 0
    let now = temperature.upperBound + (temperature.lowerBound - temperature.upperBound) * progress
    let logits = particles.map { particle in
      let p = min(max(particle.score ?? 0, 1e-6), 1 - 1e-6)
      return (Math.log(p) - Math.log(1 - p)) / now
    }
    let highest = logits.max() ?? 0
    let weights = logits.map { Math.exp($0 - highest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  private func draw(by weights: [Double]) -> [Int] {
    let generator = seed.derived(depth).generator
    let offset = generator.uniform(at: 0)
    let points = (0..<count).map { index in
      switch resampling {
      case .systematic: (Double(index) + offset) / Double(count)
      case .multinomial: generator.uniform(at: index)
      }
    }
    var sums: [Double] = []
    for weight in weights { sums.append((sums.last ?? 0) + weight) }
    return points.map { point in
      // The first particle whose cumulative weight passes the point.
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > point { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }
}
