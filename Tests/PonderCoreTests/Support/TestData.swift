import Foundation

/// Real material beside the package, never part of it: tests that use it run where the folder exists.
enum TestData {
  /// `PONDER_TEST_DATA`, or `../shared/data` next to the package's root.
  static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["PONDER_TEST_DATA"] { return URL(filePath: path) }
    return URL(filePath: #filePath).appending(path: "../../../../../shared/data").standardizedFileURL
  }()

  static func folder(_ name: String) -> URL { root.appending(path: name) }

  static func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder(name).path) }
}
