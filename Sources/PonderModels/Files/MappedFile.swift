#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file mapped read-only into memory; the mapping lives as long as the object.
///
/// Nothing is read until it is touched, and the kernel can drop the pages again, so a checkpoint larger than memory
/// opens at once. The file must not shrink while it is mapped: touching a page past the new end raises `SIGBUS`, which
/// no library can turn into an error. Replace model files by renaming, as ``SafetensorsWriter`` does.
public final class MappedFile: Sendable {
  /// As it was given.
  public let path: String
  /// The length when the file was opened.
  public let count: Int
  // Written once before the object is shared; the pages are mapped read-only.
  private nonisolated(unsafe) let base: UnsafeRawPointer?

  /// Maps the file at `path`. An empty file is mapped as no bytes.
  ///
  /// - Throws: `.notFound`, or `.unreadable` for a folder, a pipe, a device, or what the system refuses.
  public init(_ path: String) throws(ModelFileError) {
    // O_NONBLOCK: opening a named pipe would otherwise wait for a writer for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw ModelFileError(
        code == ENOENT || code == ENOTDIR ? .notFound : .unreadable, file: path,
        "cannot be opened: \(String(cString: strerror(code)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw ModelFileError(.unreadable, file: path, "cannot be examined: \(String(cString: strerror(errno)))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw ModelFileError(.unreadable, file: path, "is a folder where a file is expected")
    default: throw ModelFileError(.unreadable, file: path, "is not a regular file")
    }
    guard let count = Int(exactly: status.st_size), count >= 0 else {
      throw ModelFileError(.tooLarge, file: path, "has \(status.st_size) bytes, more than can be addressed")
    }
    if count == 0 {
      base = nil
    } else {
      guard let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
        throw ModelFileError(.unreadable, file: path, "cannot be mapped: \(String(cString: strerror(errno)))")
      }
      base = UnsafeRawPointer(address)
    }
    self.path = path
    self.count = count
  }

  deinit {
    if let base { munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// All bytes. Valid only while the object lives: keep a reference for as long as a pointer is kept.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The bytes of a range.
  ///
  /// - Precondition: the range lies within `0..<count`; parsers check it before they hand a range out.
  public func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "\(range) lies outside the \(count) bytes of \(path)")
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  /// Gives the memory of the pages that hold a range back. Their bytes stay valid: whoever touches them again reads
  /// them again, from the system's cache or from the file.
  ///
  /// - Precondition: as ``bytes(in:)``.
  public func releasePages(in range: Range<Int>) {
    let bytes = bytes(in: range)
    guard let start = bytes.baseAddress, let base, !range.isEmpty else { return }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let offset = (start - base) / page * page
    // A failure would only mean that the memory is kept.
    madvise(UnsafeMutableRawPointer(mutating: base + offset), range.upperBound - offset, MADV_DONTNEED)
  }
}
