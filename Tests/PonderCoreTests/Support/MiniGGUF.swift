import Foundation

/// Just enough of a GGUF reader to reach the tensors of a file that is known to be good.
struct MiniGGUF {
  struct Entry {
    let name: String
    /// The fastest axis first, as in the file.
    let dimensions: [Int]
    let type: UInt32
    let offset: Int
  }

  let data: Data
  private(set) var entries: [Entry] = []
  private(set) var dataStart = 0

  init(_ url: URL) throws {
    data = try Data(contentsOf: url)
    var position = 8
    let tensorCount = Int(read(UInt64.self, &position))
    let pairCount = Int(read(UInt64.self, &position))
    for _ in 0..<pairCount {
      _ = string(&position)
      skip(type: read(UInt32.self, &position), &position)
    }
    for _ in 0..<tensorCount {
      let name = string(&position)
      let rank = Int(read(UInt32.self, &position))
      let dimensions = (0..<rank).map { _ in Int(read(UInt64.self, &position)) }
      let type = read(UInt32.self, &position)
      entries.append(Entry(name: name, dimensions: dimensions, type: type, offset: Int(read(UInt64.self, &position))))
    }
    dataStart = (position + 31) / 32 * 32
  }

  func bytes(of entry: Entry, count: Int) -> Data {
    data.subdata(in: dataStart + entry.offset..<dataStart + entry.offset + count)
  }

  private func read<Number: FixedWidthInteger>(_: Number.Type, _ position: inout Int) -> Number {
    defer { position += MemoryLayout<Number>.size }
    return data.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self)) }
  }

  private func string(_ position: inout Int) -> String {
    let length = Int(read(UInt64.self, &position))
    defer { position += length }
    return String(decoding: data[position..<position + length], as: UTF8.self)
  }

  private func skip(type: UInt32, _ position: inout Int) {
    switch type {
    case 8: _ = string(&position)
    case 9:
      let element = read(UInt32.self, &position)
      for _ in 0..<read(UInt64.self, &position) { skip(type: element, &position) }
    case 0, 1, 7: position += 1
    case 2, 3: position += 2
    case 10, 11, 12: position += 8
    default: position += 4
    }
  }
}
