import Foundation

/// Another process that always wants a processor, as long as this value lives, or this process where it is killed.
final class BusyProcess {
  private let process = Process()

  init() throws {
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "while kill -0 $PPID; do i=0; while [ $i -lt 10000 ]; do i=$((i + 1)); done; done",
    ]
    // A pipe that this process writes to must not stay open behind it.
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    // Started from a thread of Swift's pool, it has that thread's blocked signals, and a polite one would wait for ever.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
