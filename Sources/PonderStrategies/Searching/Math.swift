#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few functions of the C library that strategies need.
enum Math {
  static func exp(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.exp(x)
    #elseif canImport(Musl)
      Musl.exp(x)
    #else
      Darwin.exp(x)
    #endif
  }

  static func log(_ x: Double) -> Double {
    #if canImport(Glibc)
      Glibc.log(x)
    #elseif canImport(Musl)
      Musl.log(x)
    #else
      Darwin.log(x)
    #endif
  }

  /// The logarithm of the gamma function for x > 0, by Lanczos' approximation (g = 7, n = 9); relative error below 1e-13.
  static func logGamma(_ x: Double) -> Double {
    let coefficients = [
      0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
      -176.615_029_162_140_59, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
      1.505_632_735_149_311_6e-7,
    ]
    let t = x + 6.5
    var sum = coefficients[0]
    for index in 1..<9 { sum += coefficients[index] / (x - 1 + Double(index)) }
    return 0.918_938_533_204_672_74 + (x - 0.5) * log(t) - t + log(sum)
  }
}
