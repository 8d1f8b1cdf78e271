import PonderGeneration
import PonderModels
import Testing

struct StopMatcherTests {
  /// What is shown piece by piece, the rest at the end, and the stop.
  private func run(
    _ stops: [GenerationRequest.Stop], _ pieces: [String]
  ) -> (shown: [String], rest: String, stop: String?) {
    var matcher = StopMatcher(stops)
    var shown: [String] = []
    for piece in pieces {
      let step = matcher.feed(piece)
      shown.append(step.text)
      if let stop = step.stop { return (shown, "", stop.string) }
    }
    return (shown, matcher.flush(), nil)
  }

  @Test func aStopStringAcrossPiecesIsCutOff() {
    let result = run([.init("END")], ["one E", "N", "D two"])
    #expect(result.shown == ["one ", "", ""])
    #expect(result.stop == "END")
  }

  @Test func heldBackTextIsShownWhenItTurnsOutToBeNoStop() {
    let result = run([.init("END")], ["one E", "N", "O", " two"])
    #expect(result.shown == ["one ", "", "ENO", " two"])
    #expect(result.stop == nil)
    #expect(run([.init("END")], ["one EN"]).rest == "EN")
  }

  @Test func aPrefixThatBeginsAnewInsideAFailedOneIsKept() {
    let result = run([.init("aab")], ["a", "a", "a", "b"])
    #expect(result.shown == ["", "", "a", ""])
    #expect(result.stop == "aab")
  }

  @Test func aKeptStopEndsWithTheWholePieceAndHoldsNothingBack() {
    let result = run([.step()], ["one\n", "\ntwo", "three"])
    #expect(result.shown == ["one\n", "\ntwo"])
    #expect(result.stop == "\n\n")
  }

  @Test func theStopThatIsCompletedFirstWins() {
    #expect(run([.init("cd"), .init("bc")], ["abcd"]).stop == "bc")
    #expect(run([.init("c"), .init("abc")], ["xabc"]).stop == "abc")
    #expect(run([.init("c"), .init("abc")], ["xabc"]).shown == ["x"])
  }

  @Test func aCutOffStopLongerThanAPieceIsFoundAmongMany() {
    let text = "The answer is 7.<|done|>rest"
    for size in 1...text.count {
      var pieces: [String] = []
      var left = Substring(text)
      while !left.isEmpty {
        pieces.append(String(left.prefix(size)))
        left = left.dropFirst(size)
      }
      let result = run([.init("<|done|>"), .init("never")], pieces)
      #expect(result.shown.joined() == "The answer is 7.")
      #expect(result.stop == "<|done|>")
    }
  }

  @Test func stopsAreBytesAndCharactersStayWhole() {
    #expect(run([.init("é")], ["caf", "é", "!"]).shown == ["caf", ""])
    // One character for Swift, two for a tokenizer.
    #expect(run([.init("\n")], ["a\r", "\nb"]).stop == "\n")
    #expect(run([.init("日本")], ["今日", "は日", "本"]).shown.joined() == "今日は")
  }

  @Test func aKeptStopMayBeginInTextThatWasShown() {
    let result = run([.step("ab"), .init("xyz")], ["1a", "b2"])
    #expect(result.shown == ["1a", "b2"])
    #expect(result.stop == "ab")
  }
}
