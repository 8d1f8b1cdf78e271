import Foundation
import PonderGeneration

/// Real tokenizer files outside of the repository; tests that need them are enabled where the folder exists.
enum TokenizerData {
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["PONDER_TEST_DATA"] { return URL(filePath: path) }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return package.deletingLastPathComponent().appending(path: "shared/data")
  }()

  static var isPresent: Bool { FileManager.default.fileExists(atPath: root.appending(path: "tokenizers").path) }

  /// The lines of a file of JSON objects.
  static func lines(_ path: String) throws -> [[String: Any]] {
    let text = try Data(contentsOf: root.appending(path: path))
    return try text.split(separator: UInt8(ascii: "\n")).compactMap {
      try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
    }
  }

  static func texts() throws -> [Int: String] {
    var texts: [Int: String] = [:]
    for line in try lines("tokenizers/ground_truth/texts.jsonl") {
      if let index = line["i"] as? Int, let text = line["text"] as? String { texts[index] = text }
    }
    return texts
  }

  /// Expected ids by the index of the text.
  static func truth(_ name: String) throws -> [Int: [Token]] {
    var truth: [Int: [Token]] = [:]
    for line in try lines("tokenizers/ground_truth/\(name).jsonl") {
      if let index = line["i"] as? Int, let ids = line["ids"] as? [Int] { truth[index] = ids.map { Token($0) } }
    }
    return truth
  }
}
