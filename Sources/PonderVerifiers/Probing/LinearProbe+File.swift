import Foundation

/// Why a probe's file cannot be read or written.
public enum ProbeFileError: Error, Sendable, Hashable {
  /// The system does not give or take the file.
  case inaccessible(path: String, reason: String)
  /// It is not a safetensors file, or not one of a probe.
  case malformed(path: String, reason: String)
}

extension ProbeFileError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .inaccessible(let path, let reason): "\(path): \(reason)"
    case .malformed(let path, let reason): "\(path): is not the file of a probe: \(reason)"
    }
  }
}

/// A probe as a safetensors file: `weights`, `means` and `scales` as F32 vectors, the rest as JSON under `probe` of its
/// metadata. Written whole or not at all.
extension LinearProbe {
  private struct Record: Codable {
    var version: Int
    var model: String
    var features: ProbeFeatures
    var regression: Regression
    var bias: Float
    var validation: Validation
  }

  private struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  private struct Header: Codable {
    var __metadata__: [String: String]
    var weights: Entry
    var means: Entry
    var scales: Entry
  }

  /// A probe's file is far smaller than this, in bytes.
  private static let maximumSize = 1 << 28

  /// Writes the probe, replacing what is there.
  public func write(to file: URL) throws(ProbeFileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let record = Record(
        version: 1, model: model, features: features, regression: regression, bias: bias, validation: validation)
      let metadata = ["format": "pt", "probe": String(decoding: try encoder.encode(record), as: UTF8.self)]
      let size = weights.count * 4
      func entry(_ number: Int) -> Entry {
        Entry(dtype: "F32", shape: [weights.count], data_offsets: [number * size, (number + 1) * size])
      }
      var header = try encoder.encode(
        Header(__metadata__: metadata, weights: entry(0), means: entry(1), scales: entry(2)))
      header.append(contentsOf: [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
      var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
      data.append(header)
      for value in weights + means + scales {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
      try data.write(to: file, options: .atomic)
    } catch {
      throw .inaccessible(path: file.path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }

  /// Reads a probe.
  ///
  /// - Throws: ``ProbeFileError`` for a file that is not there or is not a probe's. Whether it fits a model is asked by
  ///   ``ProbeVerifier/init(_:on:)``.
  public init(contentsOf file: URL) throws(ProbeFileError) {
    func malformed(_ reason: String) -> ProbeFileError { .malformed(path: file.path, reason: reason) }
    let data: Data
    do {
      data = try Data(contentsOf: file, options: .mappedIfSafe)
    } catch {
      throw .inaccessible(path: file.path, reason: "cannot be read: \(error.localizedDescription)")
    }
    guard data.count >= 8, data.count <= Self.maximumSize else { throw malformed("it has \(data.count) bytes") }
    let bytes = [UInt8](data)
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else { throw malformed("its header would have \(length) bytes") }
    let body = bytes[(8 + Int(length))...]
    let header: Header
    let record: Record
    do {
      let decoder = JSONDecoder()
      header = try decoder.decode(Header.self, from: Data(bytes[8..<8 + Int(length)]))
      record = try decoder.decode(Record.self, from: Data((header.__metadata__["probe"] ?? "").utf8))
    } catch {
      throw malformed("its header holds no probe (\(error))")
    }
    guard record.version == 1 else { throw malformed("its version is \(record.version), 1 is known") }
    func floats(_ entry: Entry, _ name: String) throws(ProbeFileError) -> [Float] {
      guard entry.dtype == "F32", entry.shape.count == 1, entry.data_offsets.count == 2 else {
        throw malformed("\(name) is no vector of F32")
      }
      let (begin, end) = (entry.data_offsets[0], entry.data_offsets[1])
      guard begin >= 0, begin <= end, end <= body.count, (end - begin) % 4 == 0, entry.shape[0] == (end - begin) / 4
      else { throw malformed("\(name) of shape \(entry.shape) stands at \(begin)..<\(end) of \(body.count) bytes") }
      let values = stride(from: body.startIndex + begin, to: body.startIndex + end, by: 4).map { place in
        Float(bitPattern: body[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      }
      guard values.allSatisfy(\.isFinite) else { throw malformed("\(name) holds a number that is not finite") }
      return values
    }
    weights = try floats(header.weights, "weights")
    means = try floats(header.means, "means")
    scales = try floats(header.scales, "scales")
    guard !weights.isEmpty, means.count == weights.count, scales.count == weights.count,
      scales.allSatisfy({ $0 > 0 }), record.bias.isFinite
    else { throw malformed("its vectors do not go together") }
    model = record.model
    features = record.features
    regression = record.regression
    bias = record.bias
    validation = record.validation
  }
}
