import Foundation
import PonderAnswers
import Testing

/// Real completions of MATH-500 with the verdicts of Math-Verify 0.9.0. Skipped where the shared data is absent.
@Suite("Real completions", .enabled(if: SharedData.has("samples/search_and_learn")))
struct SampleTests {
  struct Run: Decodable {
    var unique_id: String
    var answer: String
    var completions: [String]
    var agg_scores: [Double]
  }
  struct Labels: Decodable { var correct: [Int] }
  struct Pool: Decodable {
    struct Completion: Decodable {
      var text: String
      var correct: Bool
    }
    var answer: String
    var completions: [Completion]
  }

  static let runs = [
    "beam_llama3.1-8b_n4_q100", "beam_llama3.2-1b_n16", "beam_llama3.2-1b_n2_q500", "leon_bon_llama3.2-1b_n256_q3",
  ]

  @Test("At least 99.5 % of the labels are those of Math-Verify")
  func labels() throws {
    var total = 0
    var same = 0
    func compare(_ completion: String, _ answer: String, _ label: Bool) {
      total += 1
      if Grader().grade(prediction: completion, gold: answer).isEqual == label { same += 1 }
    }
    for run in Self.runs {
      let problems: [Run] = try SharedData.lines("samples/search_and_learn/\(run).jsonl")
      let labels: [Labels] = try SharedData.lines("samples/search_and_learn/labels/\(run).jsonl")
      for (problem, label) in zip(problems, labels) {
        for (completion, correct) in zip(problem.completions, label.correct) {
          compare(completion, problem.answer, correct == 1)
        }
      }
    }
    for pool in ["llama3.1-8b_n16_q100", "llama3.2-1b_n16_q10"] {
      for problem in try SharedData.lines("samples/pools/\(pool).jsonl", as: Pool.self) {
        for completion in problem.completions { compare(completion.text, problem.answer, completion.correct) }
      }
    }
    #expect(total == 4248)
    #expect(Double(same) / Double(total) >= 0.995)
  }

  @Test("Naive, weighted and majority selection are as accurate as published, within one problem")
  func accuracies() throws {
    // The reference extracts in this order, and takes a number alone where nothing is announced.
    let convention = AnswerConvention(
      extractor: RuleExtractor(rules: [.boxed, .finalAnswer, .answer, .lastNumber]), equivalence: .math)
    for line in try SharedData.lines("samples/search_and_learn/expected_accuracy.jsonl", as: [String: Field].self) {
      guard case .text(let file)? = line["file"], case .number(let count)? = line["problems"] else {
        Issue.record("an accuracy without a file")
        continue
      }
      let problems: [Run] = try SharedData.lines("samples/search_and_learn/\(file)")
      let read = problems.map { problem in problem.completions.map { convention.read($0) } }
      for (name, field) in line.sorted(by: { $0.key < $1.key }) {
        let parts = name.split(separator: "@")
        guard parts.count == 2, let n = Int(parts[1]), let method = Method(rawValue: String(parts[0])),
          case .number(let expected) = field
        else { continue }
        var right = 0
        for (problem, answers) in zip(problems, read) {
          let chosen = method.select(answers.prefix(n).map { $0?.key }, Array(problem.agg_scores.prefix(n)))
          if let chosen, let answer = answers[chosen]?.answer.text,
            Grader().areEqual(prediction: answer, gold: problem.answer)
          {
            right += 1
          }
        }
        #expect(
          abs(Double(right) - expected * count) <= 1.001, "\(file) \(name): \(right) of \(count), not \(expected)")
      }
    }
  }

  enum Field: Decodable {
    case text(String)
    case number(Double)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  enum Method: String {
    case naive = "pred_naive"
    case weighted = "pred_weighted"
    case majority = "pred_maj"

    /// The index of the completion chosen: the first of the best group; ties go to the group seen first.
    func select(_ keys: [AnswerKey?], _ scores: [Double]) -> Int? {
      if self == .naive { return scores.indices.max { scores[$0] < scores[$1] } }
      var order: [AnswerKey] = []
      var weight: [AnswerKey: Double] = [:]
      var first: [AnswerKey: Int] = [:]
      for (index, key) in keys.enumerated() {
        guard let key else { continue }
        if weight[key] == nil {
          order.append(key)
          first[key] = index
        }
        weight[key, default: 0] += self == .weighted ? scores[index] : 1
      }
      var best: AnswerKey?
      for key in order where (weight[key] ?? 0) > (best.flatMap { weight[$0] } ?? -1) { best = key }
      return best.flatMap { first[$0] }
    }
  }
}
