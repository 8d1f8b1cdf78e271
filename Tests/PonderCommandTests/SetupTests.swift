import Foundation
import Testing

#if os(Linux)
  /// `Scripts/setup.sh` on machines that lack the libraries, played by stand-ins for the system's own tools.
  @Suite struct SetupTests {
    private struct Result {
      let status: Int32
      let errors: String
      /// How `apt-get` was called, a line a call.
      let installations: String
    }

    /// Runs the script.
    ///
    /// - Parameters:
    ///   - areMissing: whether pkg-config finds neither library.
    ///   - user: what `id -u` says.
    private func setUp(areMissing: Bool, user: Int) throws -> Result {
      let folder = FileManager.default.temporaryDirectory.appending(path: "setup-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let log = folder.appending(path: "log")
      for (name, body) in [
        ("id", "echo \(user)"), ("sudo", "exit 1"), ("apt-get", "echo \"$@\" >> '\(log.path)'"),
        ("pkg-config", "exit \(areMissing ? 1 : 0)"),
      ] {
        let tool = folder.appending(path: name)
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: tool)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool.path)
      }
      let process = Process()
      let errors = Pipe()
      process.executableURL = Tool.root.appending(path: "Scripts/setup.sh")
      var environment = ProcessInfo.processInfo.environment
      environment["PATH"] = folder.path + ":" + (environment["PATH"] ?? "")
      process.environment = environment
      process.standardInput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      let said = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return Result(
        status: process.terminationStatus, errors: String(decoding: said, as: UTF8.self),
        installations: (try? String(contentsOf: log, encoding: .utf8)) ?? "")
    }

    @Test func nothingIsInstalledWhenNothingIsMissing() throws {
      let result = try setUp(areMissing: false, user: 0)
      #expect(result.status == 0)
      #expect(result.errors.isEmpty && result.installations.isEmpty)
    }

    @Test func whoMayNotInstallIsToldInOneSentenceWhatToType() throws {
      let result = try setUp(areMissing: true, user: 1000)
      #expect(result.status == 1)
      #expect(
        result.errors
          == "ponder: type 'sudo apt-get install libopenblas-dev liblapacke-dev pkg-config' and try again.\n")
      #expect(result.installations.isEmpty)
    }

    @Test func whatIsMissingIsInstalledByWhoMay() throws {
      let result = try setUp(areMissing: true, user: 0)
      #expect(result.installations == "install -y -q libopenblas-dev liblapacke-dev pkg-config\n")
      // The stand-in installs nothing, and the script does not take its word for it.
      #expect(result.status == 1)
      #expect(result.errors.contains("still does not find openblas and lapacke"))
    }
  }
#endif
