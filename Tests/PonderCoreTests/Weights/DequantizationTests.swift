import Foundation
import PonderCore
import Testing

@Suite struct DequantizationTests {
  /// Figures of the reference dequantizer for every tensor of a file.
  struct Reference: Decodable, Sendable {
    struct Figures: Decodable {
      let type: String
      let count: Int
      let first4: [Float]
      let sum, sumsq, dot_index: Double
    }
    let file: String
    let dequantized: [String: Figures]
  }

  static let folder = "models/quantized-reference"
  static let references: [Reference] = {
    guard let data = try? Data(contentsOf: TestData.folder(folder).appending(path: "reference.json")) else { return [] }
    return (try? JSONDecoder().decode([Reference].self, from: data)) ?? []
  }()

  // Needs the shared data beside the package.
  @Test(.enabled(if: TestData.exists(folder))) func theReferenceCoversEveryFormat() {
    let types = Set(Self.references.flatMap { $0.dequantized.values.map(\.type) })
    #expect(types == Set(WeightFormat.allCases.map(\.name)))
    #expect(Self.references.count == 15)
  }

  // Needs the shared data beside the package.
  @Test(.enabled(if: TestData.exists(folder)), arguments: references.map(\.file))
  func everyFigureOfTheReferenceIsMet(_ file: String) throws {
    let reference = try #require(Self.references.first { $0.file == file })
    let gguf = try MiniGGUF(TestData.folder(Self.folder).appending(path: file))
    #expect(Set(gguf.entries.map(\.name)) == Set(reference.dequantized.keys))
    for entry in gguf.entries {
      let figures = try #require(reference.dequantized[entry.name])
      let format = try #require(WeightFormat(ggmlType: entry.type))
      #expect(format.name == figures.type)
      let (columns, rows) = (entry.dimensions[0], entry.dimensions.dropFirst().reduce(1, *))
      let bytes = gguf.bytes(of: entry, count: try #require(format.byteCount(rows: rows, columns: columns)))
      let matrix = try WeightMatrix(
        format: format, rows: rows, columns: columns, storage: bytes.withUnsafeBytes { WeightStorage(copying: $0) })
      let values = matrix.dequantized().elements
      // The public path uses the best kernels; the others must give the same numbers.
      for kernels in Kernels.available where !format.isFloat {
        let rowBytes = bytes.count / rows
        let others = (0..<rows).flatMap { row in
          QuantizedRows(
            unpacking: [UInt8](bytes[row * rowBytes..<(row + 1) * rowBytes]), format, columns, kernels
          ).dequantized(columns, kernels)
        }
        #expect(others == values, "\(entry.name) by \(kernels.name)")
      }
      #expect(values.count == figures.count)
      #expect(Array(values.prefix(4)) == figures.first4, "\(entry.name)")
      var (sum, squares, dot) = (0.0, 0.0, 0.0)
      for (i, value) in values.enumerated() {
        sum += Double(value)
        squares += Double(value) * Double(value)
        dot += Double(value) * cos(0.001 * Double(i))
      }
      // Both sides add doubles, in different orders.
      let tolerance = 1e-12 * (figures.sumsq * Double(figures.count)).squareRoot()
      #expect((sum - figures.sum).magnitude <= tolerance, "\(entry.name)")
      #expect((squares - figures.sumsq).magnitude <= 1e-12 * figures.sumsq, "\(entry.name)")
      #expect((dot - figures.dot_index).magnitude <= tolerance, "\(entry.name)")
    }
  }

  @Test(arguments: WeightFormat.allCases) func aRowIsThatRowOfTheWhole(_ format: WeightFormat) throws {
    let matrix = try format.randomMatrix(rows: 5, columns: 512, seed: 20)
    let whole = matrix.dequantized()
    #expect(whole.shape == [5, 512])
    for row in 0..<5 {
      var out = [Float](repeating: .nan, count: 512)
      out.withUnsafeMutableBufferPointer { matrix.dequantizeRow(row, into: $0) }
      #expect(out == whole.at(row).elements)
    }
  }

  @Test func floatsThatAreNotAlignedAreCopied() throws {
    let bytes = [0] + WeightFormat.f32.randomBytes(rows: 2, columns: 3, seed: 21)
    let owner = Owner(bytes)
    let matrix = try WeightMatrix(
      format: .f32, rows: 2, columns: 3,
      storage: WeightStorage(bytes: UnsafeRawBufferPointer(rebasing: owner.bytes[1...]), owner: owner))
    let aligned = try WeightFormat.f32.randomMatrix(rows: 2, columns: 3, seed: 21)
    #expect(matrix.dequantized() == aligned.dequantized())
  }

  @Test func theOwnerLivesAsLongAsTheMatrix() throws {
    weak var observed: Owner?
    var matrix: WeightMatrix?
    do {
      let owner = Owner(WeightFormat.q8_0.randomBytes(rows: 2, columns: 64, seed: 22))
      observed = owner
      matrix = try WeightMatrix(
        format: .q8_0, rows: 2, columns: 64,
        storage: WeightStorage(bytes: UnsafeRawBufferPointer(owner.bytes), owner: owner))
    }
    #expect(observed != nil)
    #expect(matrix?.dequantized().count == 128)
    matrix = nil
    #expect(observed == nil)
  }

  private final class Owner: @unchecked Sendable {
    // Sendable: never written after initialisation.
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: [UInt8]) {
      bytes = .allocate(byteCount: source.count, alignment: 64)
      bytes.copyBytes(from: source)
    }

    deinit { bytes.deallocate() }
  }
}
