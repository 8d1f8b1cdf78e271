/// Read-only bytes and whoever keeps them alive: a memory-mapped file or memory of their own.
public struct WeightStorage: @unchecked Sendable {
  // Sendable: nobody writes the bytes after initialisation, and the owner is Sendable.

  /// The bytes, valid as long as this value lives.
  public let bytes: UnsafeRawBufferPointer
  private let owner: any AnyObject & Sendable

  /// Bytes that `owner` keeps valid and unchanged as long as it lives, a memory mapping for example.
  public init(bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable) {
    self.bytes = bytes
    self.owner = owner
  }

  /// A copy of the bytes, aligned to cache lines.
  public init(copying bytes: UnsafeRawBufferPointer) {
    self.init(byteCount: bytes.count) { $0.copyMemory(from: bytes) }
  }

  /// Memory of its own, aligned to cache lines, that `fill` writes once.
  public init(byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let memory = OwnedBytes(count: byteCount)
    fill(memory.bytes)
    self.init(bytes: UnsafeRawBufferPointer(memory.bytes), owner: memory)
  }
}

private final class OwnedBytes: @unchecked Sendable {
  // Sendable: written during initialisation of the storage that owns it, read-only afterwards.
  let bytes: UnsafeMutableRawBufferPointer

  init(count: Int) {
    bytes = .allocate(byteCount: count, alignment: 64)
  }

  deinit {
    bytes.deallocate()
  }
}
