import ArgumentParser
import Foundation

/// Options that every subcommand with results has.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Write JSON, for programs.")
  var json = false
}

/// Standard output, for results only.
enum Output {
  /// Writes a line.
  static func line(_ text: String) { write(text + "\n") }

  /// Writes text as it is, at once.
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

  /// Writes a value as one line of JSON with sorted keys; infinities and NaN are strings.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

/// Standard error, for everything that is no result.
enum Note {
  static func line(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
