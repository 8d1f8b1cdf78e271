/// Paths as text: the few operations that model folders need, without the surprises of `URL` (percent-encoding,
/// relative bases).
extension String {
  var lastPathComponent: String { split(separator: "/").last.map(String.init) ?? self }

  /// The folder a path is in; "." for a bare name.
  var deletingLastPathComponent: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  func appendingPathComponent(_ name: String) -> String {
    hasSuffix("/") ? self + name : self + "/" + name
  }
}
