import BigInt

/// The points at which expressions in variables are compared.
///
/// The value of a variable depends on its name and the point alone (FNV-1a, then SplitMix64), so that keys are
/// the same in every run. Two different expressions agree at all points with a probability below 2^-100. The
/// signs vary between the points, which tells |x| from x.
enum SamplePoint {
  static let count = 3

  static func value(of variable: String, at point: Int) -> BigFloat {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in variable.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state &+= UInt64(point) &* 0x9E37_79B9_7F4A_7C15
    state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
    state ^= state >> 31
    // In (1/4, 9/4), with 40 random bits; negative for some variables at the second point, for all at the third.
    let magnitude = BigInt(state >> 24) + BigInt(1 << 37)
    let isNegative = point == 2 || (point == 1 && state & 1 == 1)
    return BigFloat(isNegative ? -magnitude : magnitude, -39)
  }
}
