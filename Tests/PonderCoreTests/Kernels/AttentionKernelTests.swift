import Foundation
import PonderCore
import Testing

@Suite struct AttentionKernelTests {
  /// A row of queries: one sequence's, at one position.
  private struct Row {
    var sequence: CachedSequence
    var position: Int
    /// [heads][dimension]
    var queries: [[Float]]
  }

  /// Runs rows through the kernel. Neighbours with the same panels meet them together.
  private func attend(_ kernels: Kernels, _ rows: [Row], window: Int? = nil, shares: Bool = true) -> [[[Float]]] {
    let (sequence, heads) = (rows[0].sequence, rows[0].queries.count)
    var steps: [AttentionStep] = []
    for start in stride(from: 0, through: rows.map(\.position).max()!, by: 64) {
      func panels(_ row: Row) -> [UnsafeMutableRawPointer] {
        Array(row.sequence.panels[min(start / 16, row.sequence.panels.count)...].prefix(4))
      }
      var next = 0
      while next < rows.count {
        let (first, own) = (next, panels(rows[next]))
        repeat { next += 1 } while shares && next < rows.count && panels(rows[next]) == own
        if !own.isEmpty {
          steps.append(AttentionStep(start: start, rows: first..<next, blocks: own.map { UnsafeRawPointer($0) }))
        }
      }
    }
    let d = sequence.dimension
    let queries = rows.flatMap { $0.queries.joined() }
    var out = [Float](repeating: 7, count: queries.count + 1)
    let (order, positions) = (Array(rows.indices), rows.map(\.position))
    out.withUnsafeMutableBufferPointer { out in
      queries.withUnsafeBufferPointer { queries in
        order.withUnsafeBufferPointer { order in
          positions.withUnsafeBufferPointer { positions in
            steps.withUnsafeBufferPointer { steps in
              kernels.attend(
                AttentionRows(
                  format: sequence.format, dimension: d, heads: heads, window: window, queries: queries.baseAddress!,
                  out: out.baseAddress!, stride: heads * d, panelOffset: 0, rows: order.baseAddress!,
                  positions: positions.baseAddress!, range: 0..<rows.count),
                steps)
            }
          }
        }
      }
    }
    #expect(out[queries.count] == 7)
    return rows.indices.map { row in
      (0..<heads).map { Array(out[(row * heads + $0) * d..<(row * heads + $0 + 1) * d]) }
    }
  }

  private func queries(_ heads: Int, _ dimension: Int, seed: UInt64) -> [[Float]] {
    var generator = SplitMix64(seed)
    return (0..<heads).map { _ in generator.floats(dimension, in: -3...3) }
  }

  @Test(arguments: instructionSets, CacheFormat.allCases)
  func attentionIsTheSoftmaxOfScoresTimesValues(_ name: String, _ format: CacheFormat) throws {
    let kernels = try #require(Kernels(named: name))
    let shapes = [(8, 1), (8, 4), (20, 3), (40, 2), (64, 1), (64, 7), (80, 5), (96, 2), (128, 9)]
    for (dimension, heads) in shapes {
      let sequence = CachedSequence.random(kernels, format, positions: 150, dimension: dimension, seed: 1)
      for (position, window) in [(0, nil), (15, nil), (16, 5), (63, nil), (64, 64), (64, 1), (100, 21), (149, nil)] {
        let row = Row(
          sequence: sequence, position: position, queries: queries(heads, dimension, seed: UInt64(position)))
        let out = attend(kernels, [row], window: window)[0]
        for (head, query) in row.queries.enumerated() {
          let expected = sequence.attention(query, at: position, window: window)
          for i in 0..<dimension {
            #expect((Double(out[head][i]) - expected.out[i]).magnitude <= expected.tolerance[i])
          }
        }
      }
    }
  }

  /// Eleven sequences over a tree of shared panels: rows of prompts in the middle of a step, single rows, and a branch
  /// that ends inside a step. Numbers of queries that make tiles of every size.
  @Test(arguments: instructionSets, CacheFormat.allCases)
  func aRowHasTheSameBitsAloneAndWhereverPanelsAreShared(_ name: String, _ format: CacheFormat) throws {
    let kernels = try #require(Kernels(named: name))
    for (dimension, heads) in [(8, 2), (40, 1), (64, 4), (80, 3)] {
      let trunk = CachedSequence.random(kernels, format, positions: 128, dimension: dimension, seed: 2)
      let branch = CachedSequence.random(
        kernels, format, positions: 192, dimension: dimension, seed: 3, sharing: trunk, panels: 8)
      let leaves = (0..<9).map { leaf in
        CachedSequence.random(
          kernels, format, positions: 193 + leaf * 7, dimension: dimension, seed: UInt64(4 + leaf), sharing: branch,
          panels: leaf < 6 ? 12 : 9)
      }
      var rows: [Row] = []
      for (number, sequence) in ([trunk, branch] + leaves).enumerated() {
        let last = sequence.keys.count - 1
        for position in number % 4 == 1 ? Array(last - 21...last) : [last] {
          rows.append(
            Row(sequence: sequence, position: position, queries: queries(heads, dimension, seed: UInt64(rows.count))))
        }
      }
      for window in [nil, 70] {
        let together = attend(kernels, rows, window: window)
        let unshared = attend(kernels, rows, window: window, shares: false)
        for (number, row) in rows.enumerated() {
          #expect(together[number].map { bits($0) } == unshared[number].map { bits($0) })
          for head in 0..<heads {
            let alone = Row(sequence: row.sequence, position: row.position, queries: [row.queries[head]])
            #expect(bits(attend(kernels, [alone], window: window)[0][0]) == bits(together[number][head]))
          }
        }
      }
    }
  }

  @Test(arguments: instructionSets, CacheFormat.allCases)
  func whatOnePositionStoresIsWhatItGivesBack(_ name: String, _ format: CacheFormat) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(5)
    for dimension in oddSizes {
      let largest: [Float] = [1, 1e-3, 5e4, 0x1p-110]
      for value in largest.map({ scale in generator.floats(dimension).map { $0 * scale } }) {
        let key = [Float](repeating: 1, count: dimension)
        let sequence = CachedSequence(kernels, format, keys: [key], values: [value])
        // One position has the weight 1.
        let out = attend(kernels, [Row(sequence: sequence, position: 0, queries: [key])])[0][0]
        #expect(out == format.rounded(value))
        if format == .int8 {
          let bound = (value.map(\.magnitude).max() ?? 0) * (1 / 254 + 1e-6)
          #expect(zip(out, value).allSatisfy { ($0 - $1).magnitude <= max(bound, 0x1p-100) })
        }
      }
    }
  }

  @Test(arguments: instructionSets, CacheFormat.allCases)
  func whatIsNotFiniteStaysWhereItIsSeen(_ name: String, _ format: CacheFormat) throws {
    let kernels = try #require(Kernels(named: name))
    let dimension = 24
    for isKey in [true, false] {
      let whole = CachedSequence.random(kernels, .f32, positions: 90, dimension: dimension, seed: 6)
      var (keys, values) = (whole.keys, whole.values)
      if isKey { keys[40][3] = .nan } else { values[40][3] = .infinity }
      let sequence = CachedSequence(kernels, format, keys: keys, values: values)
      let rows = (0..<90).map {
        Row(sequence: sequence, position: $0, queries: queries(2, dimension, seed: UInt64($0)))
      }
      for window in [nil, 10] {
        for (row, out) in zip(rows, attend(kernels, rows, window: window)) {
          let sees = row.position >= 40 && row.position - 40 < window ?? .max
          #expect(out.joined().allSatisfy(\.isFinite) == !sees)
        }
      }
    }
    // Scores of −∞ weigh nothing, all of them together too.
    let low = [Float](repeating: -60000, count: dimension)
    let sequence = CachedSequence(kernels, format, keys: [low, low], values: [low, low])
    let huge = [Float](repeating: 3e38, count: dimension)
    #expect(attend(kernels, [Row(sequence: sequence, position: 1, queries: [huge])])[0][0].allSatisfy { $0 == 0 })
  }
}
