import Foundation

/// A file of records as JSON Lines, to which a long run adds and from which it goes on after it was killed.
///
/// The first line says what the run is about; a file of another run is refused. Records are added in groups (all that
/// belongs to one problem), each written at once and ended by a line of its own, so that a group is whole or not there:
/// what stands behind the last whole group is dropped when the file is opened again.
public final class RecordLog<Header: Codable & Hashable & Sendable, Record: Codable & Sendable> {
  /// What the run is about.
  public let header: Header
  /// The records of all whole groups, in the file's order.
  public private(set) var records: [Record]
  /// Where the records of each whole group stand among all.
  private var places: [String: Range<Int>]
  private let handle: FileHandle
  private let encoder: JSONEncoder

  private struct Line: Codable {
    var header: Header?
    var record: Record?
    var group: String?
  }

  /// Opens a file, or makes it with its folder.
  ///
  /// Throws ``RecordLogError`` for a file that is of another run, that is no such file, or that cannot be written.
  public init(at file: URL, header: Header) throws(RecordLogError) {
    self.header = header
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var (records, places): ([Record], [String: Range<Int>]) = ([], [:])
    var kept = 0
    let path = file.path(percentEncoded: false)
    if let data = FileManager.default.contents(atPath: path), !data.isEmpty {
      (records, places, kept) = try Self.read(data, header: header, path: path)
    }
    self.records = records
    self.places = places
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      if !FileManager.default.fileExists(atPath: path) { try Data().write(to: file) }
      handle = try FileHandle(forUpdating: file)
      try handle.truncate(atOffset: UInt64(kept))
      try handle.seekToEnd()
      if kept == 0 { try handle.write(contentsOf: encoder.encode(Line(header: header)) + Data([10])) }
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }

  /// Whether a group is there, whole.
  public func contains(_ group: String) -> Bool { places[group] != nil }

  /// The records of these groups, of those that are there.
  public func records(of groups: some Sequence<String>) -> [Record] {
    groups.flatMap { places[$0].map { records[$0] } ?? [] }
  }

  /// Adds a group of records, all or none.
  ///
  /// Throws ``RecordLogError/unwritable(path:reason:)`` when the disk refuses; the file stays readable.
  /// - Precondition: no group of this name is there.
  public func append(_ group: String, _ records: [Record]) throws(RecordLogError) {
    precondition(!contains(group), "the group \(group) is there")
    do {
      var lines = Data()
      for record in records { lines += try encoder.encode(Line(record: record)) + Data([10]) }
      lines += try encoder.encode(Line(group: group)) + Data([10])
      try handle.write(contentsOf: lines)
    } catch {
      throw .unwritable(path: group, reason: error.localizedDescription)
    }
    places[group] = self.records.count..<self.records.count + records.count
    self.records += records
  }

  /// The records of the whole groups, where each group's stand, and how many bytes they take.
  private static func read(
    _ data: Data, header: Header, path: String
  ) throws(RecordLogError) -> (records: [Record], places: [String: Range<Int>], kept: Int) {
    var (records, pending, places): ([Record], [Record], [String: Range<Int>]) = ([], [], [:])
    var (kept, start, number) = (0, data.startIndex, 0)
    while let end = data[start...].firstIndex(of: 10) {
      number += 1
      let line: Line
      do {
        line = try JSONDecoder().decode(Line.self, from: data[start..<end])
      } catch {
        throw .malformed(path: path, line: number, reason: "\(error)")
      }
      start = end + 1
      if number == 1 {
        guard let found = line.header else { throw .malformed(path: path, line: 1, reason: "it names no run") }
        guard found == header else { throw .otherRun(path: path, found: "\(found)", expected: "\(header)") }
        kept = start - data.startIndex
      } else if let record = line.record {
        pending.append(record)
      } else if let group = line.group {
        places[group] = records.count..<records.count + pending.count
        records += pending
        pending = []
        kept = start - data.startIndex
      }
    }
    return (records, places, kept)
  }
}

/// Why a file of records cannot be used.
public enum RecordLogError: Error, Sendable, Hashable {
  /// It is of a run with another configuration.
  case otherRun(path: String, found: String, expected: String)
  /// A whole line is no record.
  case malformed(path: String, line: Int, reason: String)
  /// It cannot be made or added to.
  case unwritable(path: String, reason: String)
}

extension RecordLogError: CustomStringConvertible {
  /// What is wrong, and with which file.
  public var description: String {
    switch self {
    case .otherRun(let path, let found, let expected):
      "\(path) is of another run: it says \(found), this one is \(expected); name another folder or remove it"
    case .malformed(let path, let line, let reason): "\(path):\(line): \(reason)"
    case .unwritable(let path, let reason): "\(path): \(reason)"
    }
  }
}
