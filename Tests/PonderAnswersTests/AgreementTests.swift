import Foundation
import PonderAnswers
import Testing

/// Cases from the test suites of other graders. Skipped where the shared data is absent.
@Suite("Agreement with other graders", .enabled(if: SharedData.has("graders/cases.jsonl")))
struct AgreementTests {
  struct Case: Decodable {
    struct Options: Decodable {
      var precision: Places?
      var strict: Bool?
    }
    /// Written as a number or as a string.
    struct Places: Decodable {
      var value: Int

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self)) ?? 6
      }
    }

    var prediction: String
    var gold: String
    var expected: Bool
    var kind: String
    var contested: Bool?
    var opts: Options?
    var note: String?
  }

  private func verdict(_ item: Case) -> Bool {
    var options = GradingOptions()
    if let places = item.opts?.precision?.value { options.decimalPlaces = places }
    if item.opts?.strict == false { options.strictVariables = false }
    return Grader(options: options).grade(prediction: item.prediction, gold: item.gold).isEqual
  }

  @Test("Every case is judged as its author expects, but for the one that docs/GRADING.md explains")
  func cases() throws {
    let cases: [Case] = try SharedData.lines("graders/cases.jsonl")
    let disagreements = cases.indices.filter { index in
      let item = cases[index]
      return item.contested != true && item.kind != "choice" && verdict(item) != item.expected
    }
    // Line 133 expects two different numbers to be equal.
    #expect(disagreements == [132])
  }

  @Test("Every multiple-choice case is judged as its author expects")
  func choices() throws {
    let grader = Grader(predictionExtractor: .choice, goldExtractor: .choice)
    for item in try SharedData.lines("graders/cases.jsonl", as: Case.self) where item.kind == "choice" {
      #expect(grader.grade(prediction: item.prediction, gold: item.gold).isEqual == item.expected, "\(item.prediction)")
    }
  }

  @Test("Grading is symmetric wherever the author says so")
  func symmetric() throws {
    for item in try SharedData.lines("graders/cases.jsonl", as: Case.self)
    where item.note?.hasPrefix("symmetric") == true && item.contested != true {
      var swapped = item
      (swapped.prediction, swapped.gold) = (item.gold, item.prediction)
      #expect(verdict(swapped) == item.expected, "\(item.prediction) and \(item.gold)")
    }
  }
}
