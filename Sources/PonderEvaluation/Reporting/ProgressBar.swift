import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How far a task is, on standard error: a bar with the time left on a terminal, a line every tenth elsewhere.
///
/// May be advanced from any task.
public final class ProgressBar: Sendable {
  private struct State {
    var done = 0
    var lastTenth = 0
    var lastDrawn: ContinuousClock.Instant?
    var isFinished = false
  }

  private let title: String
  private let total: Int
  private let isTerminal: Bool
  private let write: @Sendable (String) -> Void
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  /// A bar on standard error.
  ///
  /// - Parameter total: Units until done, ≥ 0.
  public convenience init(_ title: String, total: Int) {
    self.init(title, total: total, isTerminal: isatty(2) == 1) { text in
      FileHandle.standardError.write(Data(text.utf8))
    }
  }

  /// A bar that writes where the closure does.
  public init(_ title: String, total: Int, isTerminal: Bool, write: @escaping @Sendable (String) -> Void) {
    precondition(total >= 0, "total is \(total), must be ≥ 0")
    self.title = title
    self.total = total
    self.isTerminal = isTerminal
    self.write = write
    if isTerminal { write(bar(done: 0)) }
  }

  /// Says that so many more units are done.
  public func advance(by units: Int = 1) {
    let text = state.withLock { state -> String? in
      guard !state.isFinished else { return nil }
      state.done = min(state.done + units, total)
      let now = ContinuousClock.now
      if isTerminal {
        // Ten pictures a second are enough for any eye.
        if let last = state.lastDrawn, now - last < .milliseconds(100), state.done < total { return nil }
        state.lastDrawn = now
        return bar(done: state.done)
      }
      let tenth = total == 0 ? 10 : state.done * 10 / total
      guard tenth > state.lastTenth else { return nil }
      state.lastTenth = tenth
      return "\(title): \(state.done) of \(total)\(timeLeft(done: state.done))\n"
    }
    if let text { write(text) }
  }

  /// Ends the bar and leaves a line with the time that it took.
  public func finish() {
    let done = state.withLock { state -> Int? in
      if state.isFinished { return nil }
      state.isFinished = true
      return state.done
    }
    guard let done else { return }
    let line = "\(title): \(done) of \(total) in \(Self.text(of: start.duration(to: .now)))\n"
    write(isTerminal ? "\r\u{1b}[K" + line : line)
  }

  private func bar(done: Int) -> String {
    let width = 24
    let filled = total == 0 ? width : width * done / total
    let blocks = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\r\u{1b}[K\(title) \(blocks) \(done)/\(total)\(timeLeft(done: done))"
  }

  private func timeLeft(done: Int) -> String {
    guard done > 0, done < total else { return "" }
    let left = start.duration(to: .now) * (Double(total - done) / Double(done))
    return ", \(Self.text(of: left)) left"
  }

  /// `4 s`, `2 min 5 s`, `1 h 3 min`
  static func text(of duration: Duration) -> String {
    let seconds =
      Int(duration.components.seconds) + (duration.components.attoseconds >= 500_000_000_000_000_000 ? 1 : 0)
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}

extension Duration {
  fileprivate static func * (duration: Duration, factor: Double) -> Duration {
    let (seconds, attoseconds) = duration.components
    return .seconds((Double(seconds) + Double(attoseconds) * 1e-18) * factor)
  }
}
