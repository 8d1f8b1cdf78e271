/// A fast, seedless hash of a run of bytes: eight at a time, multiply and fold.
///
/// Fixed, unlike `Hasher`, so that table layouts are the same in every process. It keys only tables whose
/// contents are compared afterwards.
enum ByteHash {
  @inline(__always)
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(truncatingIfNeeded: bytes.count) &* multiplier
    guard let base = bytes.baseAddress.map(UnsafeRawPointer.init) else { return hash }
    var offset = 0
    while offset &+ 8 <= bytes.count {
      hash = (hash ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* multiplier
      hash ^= hash &>> 29
      offset &+= 8
    }
    var tail: UInt64 = 0
    while offset < bytes.count {
      tail = tail &<< 8 | UInt64(bytes[offset])
      offset &+= 1
    }
    hash = (hash ^ tail) &* multiplier
    return hash ^ (hash &>> 32)
  }
}
