import PonderGeneration
import PonderModels

/// Random bytes that mean random weights: uniform, of mean 0 and a given standard deviation, in any type.
///
/// Quants take every value; a block's scale has the size that makes the deviation right, and a random sign, so that
/// the asymmetry of two's complement cancels. Element i depends on the seed and on i alone.
struct RandomWeights {
  let type: TensorType
  let elementCount: Int
  let deviation: Float
  let seed: Seed

  func bytes() -> [UInt8] {
    let count = elementCount / type.block.elements * type.block.bytes
    // Whole blocks of random bits; what is too much is cut off.
    let padded = (count + 15) & ~15
    return [UInt8](unsafeUninitializedCapacity: padded) { buffer, initialized in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      let key = seed.value
      for index in 0..<padded / 16 {
        let counter = Philox4x32.Block(
          UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), 0, 0)
        bytes.storeBytes(
          of: Philox4x32.block(counter: counter, key: key), toByteOffset: 16 * index, as: Philox4x32.Block.self)
      }
      shape(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
      initialized = count
    }
  }

  private func shape(_ bytes: UnsafeMutableRawBufferPointer) {
    switch type {
    case .f32: floats(bytes, of: UInt32.self) { $0.bitPattern }
    case .bf16: floats(bytes, of: UInt16.self) { UInt16($0.bitPattern >> 16) }
    case .f16: floats(bytes, of: UInt16.self) { Self.half($0) }
    case .q8_0: scale(bytes, at: 0, spread(256))
    case .q4_0: scale(bytes, at: 0, spread(16))
    case .q5_0: scale(bytes, at: 0, spread(32))
    case .q5_1: scale(bytes, at: 0, spread(32), minimum: -15.5)
    case .q4_K: scale(bytes, at: 0, spread(16) / 17, minimum: 7.5, fix: Self.equalScales)
    case .q5_K: scale(bytes, at: 0, spread(32) / 17, minimum: 15.5, fix: Self.equalScales)
    case .q6_K:
      scale(bytes, at: 208, spread(64) / 8) { block in
        for i in 192..<208 { block[i] = UInt8(bitPattern: block[i] & 1 == 0 ? 8 : -8) }
      }
    default: preconditionFailure("no random weights in \(type.rawValue)")
    }
  }

  /// The scale at which `levels` equally likely neighbours have the deviation.
  private func spread(_ levels: Float) -> Float { deviation / ((levels * levels - 1) / 12).squareRoot() }

  private func floats<Bits: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeMutableRawBufferPointer, of _: Bits.Type, _ encode: (Float) -> Bits
  ) {
    let elements = bytes.assumingMemoryBound(to: Bits.self)
    let middle = Float(sign: .plus, exponent: Bits.bitWidth - 1, significand: 1)
    let factor = deviation * Float(3).squareRoot() / middle
    for i in elements.indices { elements[i] = encode((Float(elements[i]) - middle) * factor) }
  }

  /// Writes each block's scale at `offset`, and behind it, if `minimum` is given, that times the scale.
  private func scale(
    _ bytes: UnsafeMutableRawBufferPointer, at offset: Int, _ scale: Float, minimum: Float? = nil,
    fix: (UnsafeMutableRawBufferPointer) -> Void = { _ in }
  ) {
    for start in stride(from: 0, to: bytes.count, by: type.block.bytes) {
      let block = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + type.block.bytes])
      let signed = block[offset] & 1 == 0 ? scale : -scale
      block.storeBytes(of: Self.half(signed).littleEndian, toByteOffset: offset, as: UInt16.self)
      if let minimum {
        block.storeBytes(of: Self.half(signed * minimum).littleEndian, toByteOffset: offset + 2, as: UInt16.self)
      }
      fix(block)
    }
  }

  /// The twelve bytes behind a K-quant's two scales: 17 for each of its eight scales and minima of six bits.
  private static func equalScales(_ block: UnsafeMutableRawBufferPointer) {
    for i in 4..<12 { block[i] = 17 | 1 << 6 }
    for i in 12..<16 { block[i] = 0x11 }
  }

  /// Half precision, rounded towards zero; what would be subnormal becomes zero.
  private static func half(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(bits >> 16) & 0x8000
    let magnitude = Int(bits & 0x7fff_ffff) - 112 << 23
    return magnitude < 1 << 23 ? sign : sign | UInt16(magnitude >> 13)
  }
}
