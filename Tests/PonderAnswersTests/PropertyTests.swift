import PonderAnswers
import Testing

@Suite("Properties of equality")
struct PropertyTests {
  private let equivalence = MathEquivalence()
  private let point = ["x": 0.7312, "y": -1.4142, "n": 2.236]

  @Test("Equality survives every rewrite that should not matter", arguments: [[], ["x"], ["x", "y", "n"]])
  func rewrites(variables: [String]) {
    var generator = SplitMix(seed: 5)
    for _ in 0..<300 {
      let expression = RandomExpression.random(depth: 3, variables: variables, using: &generator)
      guard expression.value(point).isFinite else { continue }
      let first = expression.rewritten(using: &generator)
      let second = expression.rewritten(using: &generator)
      let key = equivalence.key(for: expression.text)
      // Reflexive, symmetric and transitive at once: three spellings, one key.
      #expect(equivalence.key(for: first) == key, "\(expression.text) and \(first)")
      #expect(equivalence.key(for: second) == key, "\(expression.text) and \(second)")
    }
  }

  @Test("Equality does not survive an edit that changes the value", arguments: [[], ["x"], ["x", "y", "n"]])
  func edits(variables: [String]) {
    var generator = SplitMix(seed: 6)
    var changed = 0
    for _ in 0..<300 {
      let expression = RandomExpression.random(depth: 3, variables: variables, using: &generator)
      let edited = expression.edited()
      let (before, after) = (expression.value(point), edited.value(point))
      // Where the value at an arbitrary point differs, so must the keys.
      guard abs(before - after) > 1e-6 * abs(before), before.isFinite, after.isFinite else { continue }
      changed += 1
      #expect(equivalence.key(for: expression.text) != equivalence.key(for: edited.text), "\(expression.text)")
    }
    #expect(changed > 200)
  }

  @Test("Order matters in tuples and not in sets")
  func order() {
    var generator = SplitMix(seed: 7)
    for _ in 0..<100 {
      let items = (0..<3).map { _ in RandomExpression.random(depth: 2, variables: [], using: &generator) }
      let texts = items.map(\.text)
      let keys = Set(texts.map { equivalence.key(for: $0) })
      let shuffled = texts.shuffled(using: &generator)
      #expect(
        equivalence.areEqual("\\{\(texts.joined(separator: ", "))\\}", "\\{\(shuffled.joined(separator: ",\\ "))\\}"))
      if keys.count == 3, shuffled != texts {
        #expect(!equivalence.areEqual("(\(texts.joined(separator: ", ")))", "(\(shuffled.joined(separator: ", ")))"))
      }
    }
  }

  @Test("Grading with tolerance is reflexive and symmetric")
  func grading() {
    var generator = SplitMix(seed: 8)
    let grader = Grader()
    for _ in 0..<200 {
      let first = RandomExpression.random(depth: 2, variables: ["x"], using: &generator).text
      let second = RandomExpression.random(depth: 2, variables: [], using: &generator).text
      #expect(grader.areEqual(prediction: first, gold: first))
      #expect(
        grader.areEqual(prediction: first, gold: second) == grader.areEqual(prediction: second, gold: first))
    }
  }

  @Test("Keys are the same in every run and on every machine")
  func stable() {
    // Computed from the definition of the sample points with Python's decimals; a change here changes what users have stored.
    #expect(
      equivalence.key(for: "x").canonical
        == "f[0.597417206576210446655750274658203125e0; -0.65241656868602149188518524169921875e0; "
        + "-0.1867053524967559496872127056121826171875e1]")
  }
}
