import PonderCore
import Testing

@Suite struct WeightFormatTests {
  @Test func numbersAndSizesAreThoseOfGGML() {
    // ggml.h and ggml-common.h: type, elements and bytes of a block.
    let table: [(WeightFormat, String, UInt32, Int, Int)] = [
      (.f32, "F32", 0, 1, 4), (.f16, "F16", 1, 1, 2), (.bf16, "BF16", 30, 1, 2), (.q8_0, "Q8_0", 8, 32, 34),
      (.q4_0, "Q4_0", 2, 32, 18), (.q4_1, "Q4_1", 3, 32, 20), (.q5_0, "Q5_0", 6, 32, 22),
      (.q5_1, "Q5_1", 7, 32, 24), (.q2_K, "Q2_K", 10, 256, 84), (.q3_K, "Q3_K", 11, 256, 110),
      (.q4_K, "Q4_K", 12, 256, 144), (.q5_K, "Q5_K", 13, 256, 176), (.q6_K, "Q6_K", 14, 256, 210),
      (.iq4_NL, "IQ4_NL", 20, 32, 18), (.iq4_XS, "IQ4_XS", 23, 256, 136),
    ]
    #expect(table.count == WeightFormat.allCases.count)
    for (format, name, type, elements, bytes) in table {
      #expect(format.name == name && "\(format)" == name)
      #expect(format.ggmlType == type && WeightFormat(ggmlType: type) == format)
      #expect(format.elementsPerBlock == elements && format.bytesPerBlock == bytes)
    }
    #expect(WeightFormat(ggmlType: 16) == nil)
  }

  @Test func byteCountsAreCheckedAgainstOverflowAndBlocks() {
    #expect(WeightFormat.q4_K.byteCount(rows: 3, columns: 512) == 3 * 2 * 144)
    #expect(WeightFormat.q4_K.byteCount(rows: 3, columns: 500) == nil)
    #expect(WeightFormat.f32.byteCount(rows: .max, columns: 2) == nil)
    #expect(WeightFormat.f32.byteCount(rows: 1, columns: .max) == nil)
    #expect(WeightFormat.f32.byteCount(rows: -1, columns: 2) == nil)
    #expect(WeightFormat.f32.byteCount(rows: 0, columns: 2) == 0)
  }

  @Test func wrongBytesAreRefusedWithAReason() {
    func refusal(_ format: WeightFormat, _ rows: Int, _ columns: Int, _ bytes: Int) -> WeightError? {
      do throws(WeightError) {
        _ = try WeightMatrix(
          format: format, rows: rows, columns: columns, storage: WeightStorage(byteCount: bytes) { _ in })
        return nil
      } catch {
        return error
      }
    }
    #expect(
      refusal(.q8_0, 2, 64, 135) == .byteCount(format: .q8_0, rows: 2, columns: 64, expected: 136, actual: 135))
    #expect(
      refusal(.q8_0, 2, 64, 135)?.description == "Q8_0 weights [2, 64] take 136 bytes, not 135")
    #expect(refusal(.q6_K, 2, 64, 105) == .columns(format: .q6_K, columns: 64, elementsPerBlock: 256))
    #expect(refusal(.f32, -1, 4, 0) == .shape(format: .f32, rows: -1, columns: 4))
    #expect(refusal(.f32, .max, 4, 0) == .shape(format: .f32, rows: .max, columns: 4))
    #expect(refusal(.q8_0, 2, 64, 136) == nil)
    #expect(refusal(.f32, 0, 4, 0) == nil)
  }
}
