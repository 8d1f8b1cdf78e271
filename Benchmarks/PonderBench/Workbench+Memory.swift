import Foundation
import PonderGeneration
import PonderModels

extension Workbench {
  /// What the process grows by while a fresh model generates: keys, values, and all else that it keeps.
  func memory(candidates: Int, prompt: Int, generated: Int) async throws -> Measurement.Reading {
    let fresh = Workbench(model: try await reload(), seed: seed, reload: reload)
    let tokens = RandomTokens(seed: seed.derived("memory"), model: fresh.model)
    let requests = try (0..<candidates).map { index in
      fresh.request(
        try tokens.prompt(prompt), generated: generated, seed: seed.derived("candidate").derived(index))
    }
    let before = ProcessMemory.bytes
    try await fresh.generate(requests)
    return .memory(bytes: ProcessMemory.bytes - before)
  }
}

/// Memory of this process that no file stands behind.
enum ProcessMemory {
  static var bytes: Int {
    #if os(Linux)
      // In kB, by proc(5); mapped weights are not in it.
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
      return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    #else
      var info = task_vm_info_data_t()
      var count = mach_msg_type_number_t(MemoryLayout<task_vm_info_data_t>.size / MemoryLayout<natural_t>.size)
      let result = withUnsafeMutablePointer(to: &info) { info in
        info.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
          task_info(mach_task_self_, task_flavor_t(TASK_VM_INFO), $0, &count)
        }
      }
      return result == KERN_SUCCESS ? Int(info.phys_footprint) : 0
    #endif
  }
}
