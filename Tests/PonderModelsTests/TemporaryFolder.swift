import Foundation

/// A folder for one test that disappears with it.
final class TemporaryFolder {
  let path: String

  var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("ponder-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }
}
