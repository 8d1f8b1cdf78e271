import Foundation

/// Real material that is not part of the repository: `PONDER_TEST_DATA`, else `../shared/data` beside the package.
enum SharedData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["PONDER_TEST_DATA"] { return URL(fileURLWithPath: path) }
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return package.appendingPathComponent("../shared/data").standardizedFileURL
  }()

  /// Whether a file or folder is there; tests that need it are skipped otherwise.
  static func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
  }

  /// The objects of a JSONL file.
  static func lines<Line: Decodable>(_ path: String, as type: Line.Type = Line.self) throws -> [Line] {
    let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }
}
