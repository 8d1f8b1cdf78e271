import Foundation
import PonderGeneration
import Testing

@Suite struct ContinuationTests {
  @Test func ownTokensComeBackAsTokens() throws {
    let path = try Continuation(tokens: [5, 6], text: "Step", fingerprint: "m")
      .appending(text: "Wait")
      .appending(tokens: [7], text: " one", fingerprint: "m")
    #expect(path.text == "StepWait one")
    #expect(
      try path.pieces(for: "m") == [.tokens([5, 6], text: "Step"), .text("Wait"), .tokens([7], text: " one")])
  }

  @Test func anotherModelReadsTheText() throws {
    let path = Continuation(tokens: [5], text: "é", fingerprint: "m").appending(text: "!")
    #expect(try path.pieces(for: "other") == [.text("é!")])
  }

  @Test func anotherModelRefusesHalfACharacter() {
    let path = Continuation(tokens: [5], text: nil, fingerprint: "m").appending(text: "!")
    #expect(path.text == nil)
    #expect(throws: GenerationError.foreignContinuation(expected: "other", found: "m")) {
      try path.pieces(for: "other")
    }
  }

  @Test func tokensOfTwoModelsNeverMix() {
    let path = Continuation(tokens: [5], text: "a", fingerprint: "m")
    #expect(throws: GenerationError.foreignContinuation(expected: "other", found: "m")) {
      try path.appending(tokens: [9], text: "b", fingerprint: "other")
    }
  }

  @Test func textBelongsToNobody() throws {
    #expect(Continuation(text: "Wait").fingerprint == nil)
    #expect(try Continuation(text: "Wait").pieces(for: "any") == [.text("Wait")])
    #expect(Continuation.empty.isEmpty && Continuation(text: "").isEmpty)
  }

  @Test func codingKeepsEveryPiece() throws {
    let path = Continuation(tokens: [1, 2], text: nil, fingerprint: "m").appending(text: "x")
    let data = try JSONEncoder().encode(path)
    #expect(try JSONDecoder().decode(Continuation.self, from: data) == path)
  }
}
