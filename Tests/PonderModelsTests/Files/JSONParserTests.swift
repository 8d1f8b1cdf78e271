import OrderedCollections
import PonderModels
import Testing

@Suite struct JSONParserTests {
  private func parse(_ text: String, _ limits: JSONParser.Limits = .init()) throws -> JSONValue {
    try parse(Array(text.utf8), limits)
  }

  private func parse(_ bytes: [UInt8], _ limits: JSONParser.Limits = .init()) throws -> JSONValue {
    try bytes.withUnsafeBytes { try JSONParser.parse($0, file: "test.json", limits: limits) }
  }

  private func kind(_ bytes: [UInt8], _ limits: JSONParser.Limits = .init()) -> ModelFileError.Kind? {
    do { _ = try parse(bytes, limits) } catch { return (error as? ModelFileError)?.kind }
    return nil
  }

  @Test func everyKindOfValueIsReadAsWritten() throws {
    let value = try parse(#" {"a": [1, -2.5e2, true, false, null], "é\n\ud83e\udd99": "\"\/\\"} "#)
    #expect(
      value
        == .object([
          "a": .array([.integer(1), .number(-250), .bool(true), .bool(false), .null]), "é\n🦙": .string(#""/\"#),
        ]))
    #expect(try parse(value.text) == value)
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9223372036854775808") == .number(0x1p63))
  }

  @Test(
    arguments: [
      "01", "1.", "-", "+1", ".5", "1e", "1e999", "nul", "tru", "[1,]", "{,}", #"{"a" 1}"#, #"{"a":1,}"#, "{1:2}",
      #""\x""#, #""\u12g4""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"\u{1}\"", "1 2", "[1}", "NaN",
    ])
  func whatTheGrammarDoesNotAllowIsRefused(_ text: String) {
    let error = kind(Array(text.utf8))
    #expect(error == .malformed || error == .truncated)
  }

  @Test func duplicatesDepthSizeAndEncodingAreBounded() {
    #expect(kind(Array(#"{"a":1,"a":2}"#.utf8)) == .duplicate)
    #expect(kind([UInt8](repeating: UInt8(ascii: "["), count: 64)) == .truncated)
    #expect(kind([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == .malformed)
    #expect(kind([0x22, 0xC3, 0x28, 0x22]) == .malformed)
    var limits = JSONParser.Limits()
    limits.values = 3
    #expect(kind(Array("[1,2]".utf8), limits) == nil)
    #expect(kind(Array("[1,2,3]".utf8), limits) == .tooLarge)
    limits.bytes = 4
    #expect(kind(Array("[1,2]".utf8), limits) == .tooLarge)
  }
}
