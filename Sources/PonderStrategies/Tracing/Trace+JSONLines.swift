import Foundation

extension Trace {
  /// One event a line, in the order of the tree. Numbers that are not finite are spelled as strings.
  ///
  /// Throws what the encoder does.
  public func jsonLines() throws -> Data {
    var data = Data()
    for event in events { data += try Self.line(of: event) }
    return data
  }

  /// An event as one line, line break included: to be appended to a file while the run goes on.
  public static func line(of event: Event) throws -> Data {
    try Wire.encoder.encode(event) + Data([UInt8(ascii: "\n")])
  }

  /// Reads what ``jsonLines()`` or ``line(of:)`` wrote, in any order.
  ///
  /// A last line without a line break is one that was being written when the run was killed, and is dropped. Throws
  /// ``TraceError`` with the number of any other line that is no event.
  public init(jsonLines data: Data) throws(TraceError) {
    var events: [Event] = []
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      do {
        events.append(try Wire.decoder.decode(Event.self, from: Data(line)))
      } catch {
        if index == lines.count - 1 { break }
        throw .malformedLine(index + 1)
      }
    }
    self.init(events)
  }

  /// Writes the trace to a file, whole or not at all.
  public func write(to file: URL) throws {
    try jsonLines().write(to: file, options: .atomic)
  }
}

/// Why a trace cannot be read.
public enum TraceError: Error, Sendable, Hashable {
  /// The line with this number, counted from 1, is no event.
  case malformedLine(Int)
}

extension TraceError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .malformedLine(let line): "line \(line) of the trace is no event"
    }
  }
}
