import Foundation
import PonderCore

/// Where a measurement was taken, and with what.
struct Machine: Codable, Sendable {
  let processor: String
  let processors: Int
  let instructionSet: String
  let build: String
  let date: String

  init() {
    processor = Self.processorName
    processors = ProcessInfo.processInfo.activeProcessorCount
    instructionSet = Kernels.best.name
    #if DEBUG
      build = "debug"
    #else
      build = "release"
    #endif
    date = Date().formatted(.iso8601)
  }

  private static var processorName: String {
    #if os(Linux)
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
      return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    #else
      var size = 0
      sysctlbyname("machdep.cpu.brand_string", nil, &size, nil, 0)
      var name = [UInt8](repeating: 0, count: size)
      sysctlbyname("machdep.cpu.brand_string", &name, &size, nil, 0)
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    #endif
  }
}
