#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears whole or not at all: written under a temporary name in its own folder, flushed, then renamed.
///
/// Whoever has the old file mapped keeps it; a reader sees the old bytes or the new ones, never a part.
struct AtomicFile: ~Copyable {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isFinished = false
  /// Bytes written so far.
  private(set) var count = 0

  init(_ path: String) throws(ModelFileError) {
    self.path = path
    temporary = path + ".\(getpid())-\(UInt64.random(in: .min ... .max)).partial"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      isFinished = true
      throw ModelFileError(.unwritable, file: path, "cannot be created: \(String(cString: strerror(errno)))")
    }
  }

  deinit {
    guard !isFinished else { return }
    close(descriptor)
    unlink(temporary)
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = UnsafeRawBufferPointer(rebasing: rest).withMemory { systemWrite(descriptor, $0, $1) }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw fault("cannot be written") }
      rest = rest.dropFirst(written)
    }
    count += bytes.count
  }

  mutating func write(_ bytes: [UInt8]) throws(ModelFileError) {
    let result = bytes.withUnsafeBytes { raw -> ModelFileError? in
      do throws(ModelFileError) { try write(raw) } catch { return error }
      return nil
    }
    if let result { throw result }
  }

  /// Zero bytes up to the next multiple of `alignment`.
  mutating func pad(to alignment: Int) throws(ModelFileError) {
    let excess = count % alignment
    if excess > 0 { try write([UInt8](repeating: 0, count: alignment - excess)) }
  }

  /// Makes the file appear under its name.
  consuming func commit() throws(ModelFileError) {
    guard fsync(descriptor) == 0 else { throw fault("cannot be flushed") }
    guard rename(temporary, path) == 0 else { throw fault("cannot be put in place") }
    isFinished = true
    close(descriptor)
  }

  private func fault(_ what: String) -> ModelFileError {
    ModelFileError(.unwritable, file: path, "\(what): \(String(cString: strerror(errno)))")
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func withMemory(_ body: (UnsafeRawPointer?, Int) -> Int) -> Int { body(baseAddress, count) }
}

// A method named `write` hides the function of the same name.
private func systemWrite(_ descriptor: Int32, _ address: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, address, count)
}
