import Foundation
import PonderGeneration
import PonderModels
import Testing

struct SamplerTests {
  /// The choice at a position, from a copy of the logits.
  private func choose(
    _ parameters: SamplingParameters, _ logits: [Float], seed: Seed = 1, position: Int = 0, prompt: [Token] = []
  ) throws(GenerationError) -> Sampler.Choice {
    var sampler = Sampler(parameters, seed: seed, prompt: prompt)
    let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: logits.count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: logits)
    return try sampler.choose(from: copy, position: position)
  }

  /// How often each token is chosen at positions 0 ..< count.
  private func frequencies(_ parameters: SamplingParameters, _ logits: [Float], count: Int = 4000) throws -> [Double] {
    var frequencies = [Double](repeating: 0, count: logits.count)
    for position in 0..<count {
      frequencies[Int(try choose(parameters, logits, position: position).token)] += 1 / Double(count)
    }
    return frequencies
  }

  /// The tokens that are ever chosen.
  private func support(_ parameters: SamplingParameters, _ logits: [Float]) throws -> Set<Int> {
    let frequencies = try frequencies(parameters, logits)
    return Set(frequencies.indices.filter { frequencies[$0] > 0 })
  }

  private let probabilities: [Double] = [0.05, 0.4, 0.1, 0.3, 0.15]
  private var logits: [Float] { probabilities.map { Float(log($0)) } }

  @Test func greedyTakesTheLikeliestAndTheLowestIndexOnATie() throws {
    #expect(try choose(.greedy, [0, 2, 1, 2]).token == 1)
    #expect(try choose(.greedy, [-.infinity, -.infinity, -3]).token == 2)
  }

  @Test(arguments: [Float(0.5), 1, 2]) func frequenciesFollowTheTemperature(temperature: Float) throws {
    let powers = probabilities.map { pow($0, 1 / Double(temperature)) }
    let expected = powers.map { $0 / powers.reduce(0, +) }
    let actual = try frequencies(SamplingParameters(temperature: temperature), logits)
    // Five standard deviations of a frequency among 4000 draws are at most 5·√(0.25/4000).
    for (a, e) in zip(actual, expected) { #expect(abs(a - e) < 0.04) }
  }

  @Test func topKKeepsTheKLikeliest() throws {
    #expect(try support(SamplingParameters(temperature: 1, topK: 2), logits) == [1, 3])
    #expect(try support(SamplingParameters(temperature: 1, topK: 1), logits) == [1])
    #expect(try support(SamplingParameters(temperature: 1, topK: 99), logits) == [0, 1, 2, 3, 4])
  }

  @Test func topPKeepsTheSmallestSetThatReachesP() throws {
    #expect(try support(SamplingParameters(temperature: 1, topP: 0.39), logits) == [1])
    #expect(try support(SamplingParameters(temperature: 1, topP: 0.69), logits) == [1, 3])
    #expect(try support(SamplingParameters(temperature: 1, topP: 0.71), logits) == [1, 3, 4])
    #expect(try support(SamplingParameters(temperature: 1, topP: 0.96), logits) == [0, 1, 2, 3, 4])
  }

  @Test func topPIsAShareOfWhatTopKLeft() throws {
    // Of 0.4, 0.3, 0.15: 0.7/0.85 = 0.82.
    #expect(try support(SamplingParameters(temperature: 1, topK: 3, topP: 0.8), logits) == [1, 3])
    #expect(try support(SamplingParameters(temperature: 1, topK: 3, topP: 0.85), logits) == [1, 3, 4])
  }

  @Test func minPKeepsTokensAtLeastThatFractionAsLikelyAsTheLikeliest() throws {
    #expect(try support(SamplingParameters(temperature: 1, minP: 0.3), logits) == [1, 3, 4])
    #expect(try support(SamplingParameters(temperature: 1, minP: 1), logits) == [1])
  }

  @Test func filtersKeepTheProportionsOfWhatTheyLeave() throws {
    let actual = try frequencies(SamplingParameters(temperature: 1, topK: 2), logits)
    #expect(abs(actual[1] - 4.0 / 7) < 0.04)
  }

  @Test func whoWantsNoLogProbabilityGetsTheSameTokensAndErrors() throws {
    func choose(_ logits: [Float], at position: Int, _ isWanted: Bool) -> Result<Sampler.Choice, GenerationError> {
      var (sampler, copy) = (Sampler(SamplingParameters(temperature: 1), seed: 5, prompt: []), logits)
      return copy.withUnsafeMutableBufferPointer { copy in
        Result { () throws(GenerationError) in
          try sampler.choose(from: copy, position: position, wantsLogProbability: isWanted)
        }
      }
    }
    for position in 0..<50 {
      let with = try choose(logits, at: position, true).get(), without = try choose(logits, at: position, false).get()
      #expect(with.token == without.token)
      #expect(with.logProbability != nil && without.logProbability == nil)
    }
    for broken: [Float] in [[0, .nan], [.infinity, 0], [-.infinity, -.infinity]] {
      let error = choose(broken, at: 0, true)
      #expect(throws: GenerationError.self) { try error.get() }
      #expect(choose(broken, at: 0, false) == error)
    }
  }

  @Test func biasMovesTheChoiceAndNotTheLogProbability() throws {
    let biased = SamplingParameters(temperature: 0, logitBias: [.init(token: 2, bias: 10)])
    let choice = try choose(biased, logits)
    #expect(choice.token == 2)
    #expect(abs(Double(try #require(choice.logProbability)) - log(0.1)) < 1e-6)
  }

  @Test func aBiasThatForbidsEverythingIsRefused() {
    let all = (0..<5).map { SamplingParameters.LogitBias(token: $0, bias: -.infinity) }
    for temperature: Float in [0, 1] {
      #expect(throws: GenerationError.invalidRequest("the logit bias forbids every token that the model allows")) {
        try choose(SamplingParameters(temperature: temperature, logitBias: all), logits)
      }
    }
  }

  @Test func repetitionPenaltyDividesPositiveAndMultipliesNegativeLogitsOfSeenTokens() throws {
    let penalised = SamplingParameters(temperature: 0, repetitionPenalty: 2)
    #expect(try choose(penalised, [3, 2, -1], prompt: [0]).token == 1)
    #expect(try choose(penalised, [3, 2, -1], prompt: [2]).token == 0)
    #expect(try choose(penalised, [-3, -2, -2.5], prompt: [1]).token == 2)
    var sampler = Sampler(penalised, seed: 1, prompt: [])
    var chosen: [Token] = []
    for position in 0..<2 {
      var logits: [Float] = [3, 2, -1]
      chosen.append(
        try logits.withUnsafeMutableBufferPointer { (row: inout UnsafeMutableBufferPointer<Float>) in
          try sampler.choose(from: row, position: position).token
        })
    }
    #expect(chosen == [0, 1])
  }

  @Test(arguments: [Float.nan, .infinity]) func outputThatIsNoNumberIsAnError(value: Float) {
    #expect(throws: GenerationError.self) { try choose(.greedy, [0, value, 1]) }
    #expect(throws: GenerationError.self) { try choose(SamplingParameters(temperature: 1), [value, 0, 1]) }
    #expect(throws: GenerationError.self) { try choose(.greedy, [-.infinity, -.infinity]) }
  }

  @Test func aChoiceDependsOnSeedAndPositionAlone() throws {
    let flat = [Float](repeating: 0, count: 1000)
    let parameters = SamplingParameters(temperature: 1)
    let forwards = try (0..<20).map { try choose(parameters, flat, position: $0) }
    let backwards = try (0..<20).reversed().map { try choose(parameters, flat, position: $0) }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards.map(\.token)).count > 10)
    #expect(try (0..<20).map { try choose(parameters, flat, seed: 2, position: $0) } != forwards)
  }

  @Test func aLargeVocabularyIsDrawnFromAsItsSoftmaxSays() throws {
    // Token i weighs 1 + i mod 7; tokens from 5000 on are forbidden. The sums by hand are exact in double precision.
    let weights = (0..<6001).map { $0 < 5000 ? 1 + $0 % 7 : 0 }
    let logits = weights.map { $0 == 0 ? -Float.infinity : Float(log(Double($0))) }
    let total = Double(weights.reduce(0, +))
    let seed: Seed = 3
    for position in 0..<200 {
      let uniform = seed.generator.uniform(at: position)
      let choice = try choose(SamplingParameters(temperature: 1), logits, seed: seed, position: position)
      let below = Double(weights[..<Int(choice.token)].reduce(0, +)) / total
      // Each weight is right to 2.5e-7 of itself, and so are their sums.
      #expect(below <= uniform + 1e-6)
      #expect(below + Double(weights[Int(choice.token)]) / total >= uniform - 1e-6)
      #expect(abs(Double(try #require(choice.logProbability)) - log(Double(weights[Int(choice.token)]) / total)) < 2e-6)
    }
    for tiny in [Float.leastNonzeroMagnitude, 1e-3] {
      #expect(weights[Int(try choose(SamplingParameters(temperature: tiny), logits).token)] == 7)
    }
  }

  @Test func topTokensAreSortedByLogitThenIndex() {
    var logits: [Float] = [1, 5, 3, 5, -1, 3]
    logits.withUnsafeMutableBufferPointer { row in
      #expect(topTokens(4, of: row) == [1, 3, 2, 5])
      #expect(topTokens(99, of: row) == [1, 3, 2, 5, 0, 4])
    }
    var many = (0..<3000).map { Float(($0 * 7919) % 3000 / 2) }
    let expected = many.indices.sorted { (-many[$0], $0) < (-many[$1], $1) }
    many.withUnsafeMutableBufferPointer { row in
      #expect(topTokens(50, of: row) == Array(expected.prefix(50)))
      #expect(topTokens(1500, of: row) == Array(expected.prefix(1500)))
    }
  }
}
