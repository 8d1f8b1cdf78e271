import ArgumentParser
import Foundation
import PonderCore
import PonderGeneration
import PonderModels

/// Measures attention of one decoding step over a prompt that all sequences share.
@main struct AttentionBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attention-bench",
    abstract: "Attention of N sequences behind one prompt, one thread: ns per query head and position.",
    discussion: """
      One layer, one new token a sequence. "Shared" plans all sequences together, as the engine does; "apart" runs one \
      after the other over the same blocks. Rounds visit everything in turn and the best of each counts.
      """)

  @Option(help: "Positions of the prompt.") var prompt = 1024
  @Option(help: "Query heads.") var heads = 32
  @Option(help: "Key/value heads.") var kvHeads = 8
  @Option(help: "Elements of a head.") var dimension = 64
  @Option(name: .customLong("sequences"), help: "Numbers of sequences, separated by commas.")
  var countList = "1,4,16,64"
  @Option(help: "Rounds over all cases.") var rounds = 20

  private var counts: [Int] { countList.split(separator: ",").compactMap { Int($0) } }

  func validate() throws {
    guard prompt > 0, kvHeads > 0, heads > 0, heads.isMultiple(of: kvHeads), dimension > 0, rounds > 0,
      !counts.isEmpty, counts.allSatisfy({ $0 > 0 })
    else { throw ValidationError("sizes are positive, and the query heads a multiple of the key/value heads") }
  }

  func run() {
    let cases = CacheFormat.allCases.flatMap { format in
      counts.map {
        Step(
          format: format, sequences: $0, prompt: prompt, heads: heads, kvHeads: kvHeads, dimension: dimension)
      }
    }
    var best = cases.map { _ in (shared: Double.infinity, apart: Double.infinity) }
    for _ in 0..<rounds {
      for (index, step) in cases.enumerated() {
        best[index].shared = min(best[index].shared, step.seconds(step.together))
        best[index].apart = min(best[index].apart, step.seconds(step.apart))
      }
    }
    print("\(Kernels.best.name), one thread, prompt \(prompt), \(heads) heads over \(kvHeads), dimension \(dimension)")
    print("| cache | N | shared, ns | apart, ns | a layer's step, µs |\n|---|---|---|---|---|")
    for (step, seconds) in zip(cases, best) {
      let pairs = Double(step.sequences * heads * (prompt + 1))
      let figures = [seconds.shared * 1e9 / pairs, seconds.apart * 1e9 / pairs, seconds.shared * 1e6]
        .map { String(format: "%.2f", $0) }
      print("| \(step.format.rawValue) | \(step.sequences) | \(figures.joined(separator: " | ")) |")
    }
  }
}

/// One decoding step of several sequences, each one token behind the prompt.
private final class Step {
  let format: CacheFormat
  let sequences: Int
  let together: [AttentionPlan]
  let apart: [AttentionPlan]
  private let cache: KVStorage
  private let heads: Int
  private let queries: Activations
  private let out: Activations

  init(format: CacheFormat, sequences: Int, prompt: Int, heads: Int, kvHeads: Int, dimension: Int) {
    self.format = format
    self.sequences = sequences
    self.heads = heads
    let cache = KVStorage(shape: .init(layers: 1, kvHeads: kvHeads, headDimension: dimension, format: format))
    let shared = prompt / KVBlockPool.tokensPerBlock
    let own = KVBlockPool.blocks(for: prompt + 1) - shared
    let slices = (0..<sequences).map { number in
      SequenceSlice(
        id: SequenceID(number), tokens: [0], position: prompt,
        blocks: Array(0..<shared) + (shared + number * own..<shared + (number + 1) * own), outputs: [0])
    }
    cache.prepare(Array(0..<shared + sequences * own))
    var generator = Seed(1).generator
    func vector() -> [Float] { (0..<dimension).map { _ in Float.random(in: -1...1, using: &generator) } }
    for block in 0..<shared + sequences * own {
      for position in 0..<KVBlockPool.tokensPerBlock {
        for head in 0..<kvHeads {
          Kernels.best.store(
            key: vector(), value: vector(), at: position,
            of: cache.memory(of: block) + cache.shape.panelOffset(layer: 0, head: head), format: format,
            dimension: dimension)
        }
      }
    }
    queries = Activations(rows: sequences, width: heads * dimension)
    out = Activations(rows: sequences, width: heads * dimension)
    for index in 0..<queries.count { queries.pointer[index] = Float.random(in: -1...1, using: &generator) }
    together = [BatchRows(Batch(slices: slices), in: cache).plan]
    self.cache = cache
    apart = slices.map { BatchRows(Batch(slices: [$0]), in: cache).plan }
  }

  func seconds(_ plans: [AttentionPlan]) -> Double {
    let start = ContinuousClock.now
    for (number, plan) in plans.enumerated() { attend(plan, from: number) }
    return (ContinuousClock.now - start) / .seconds(1)
  }

  private func attend(_ plan: AttentionPlan, from row: Int) {
    let (d, group) = (cache.shape.headDimension, heads / cache.shape.kvHeads)
    for kvHead in 0..<cache.shape.kvHeads {
      plan.rows.withUnsafeBufferPointer { rows in
        plan.positions.withUnsafeBufferPointer { positions in
          plan.steps.withUnsafeBufferPointer { steps in
            guard let order = rows.baseAddress, let places = positions.baseAddress else { return }
            Kernels.best.attend(
              AttentionRows(
                format: format, dimension: d, heads: group, window: nil,
                queries: queries.row(row) + kvHead * group * d, out: out.row(row) + kvHead * group * d,
                stride: heads * d, panelOffset: cache.shape.panelOffset(layer: 0, head: kvHead), rows: order,
                positions: places, range: rows.indices),
              steps)
          }
        }
      }
    }
  }
}
