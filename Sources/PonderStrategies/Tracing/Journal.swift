import PonderGeneration

/// The paid calls of an earlier run, to be answered without paying again.
struct Journal: Sendable {
  private struct Key: Hashable {
    var path: TreePath
    var sequence: Int
  }

  private var records: [Key: CallRecord] = [:]

  init(_ trace: Trace? = nil) {
    for event in trace?.events ?? [] {
      if case .called(let record) = event.kind { records[Key(path: event.path, sequence: event.sequence)] = record }
    }
  }

  /// The answer to this call, if it was made and not broken off.
  func answer(path: TreePath, sequence: Int, digest: UInt64) -> CallRecord? {
    guard !records.isEmpty, let record = records[Key(path: path, sequence: sequence)], record.digest == digest
    else { return nil }
    if case .completion(let completion) = record.answer, completion.finishReason == .cancelled { return nil }
    return record
  }
}
