import Foundation

/// Another process that always wants a processor, as long as this value lives.
final class BusyProcess {
  private let process = Process()

  init() throws {
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "while :; do :; done"]
    try process.run()
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }
}
