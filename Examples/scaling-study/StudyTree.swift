import Foundation
import Ponder

/// The picture of one search: a problem on which the vote of samples fails and the search does not.
struct StudyTree {
  /// Beams of the search that is drawn: few enough to be read.
  static let width = 8

  let svg: String
  /// The problem, and what one sees.
  let caption: String

  /// Searches once more; the same seed gives the same tree.
  init(_ plan: StudyPlan, of items: [ProblemSet.Item], records: [StudyRecord]) async throws {
    let item = Self.example(in: items, records) ?? items[items.count / 2]
    let search = BeamSearch(
      Self.width, branching: StudyPlan.branching, guidedBy: try plan.models.verifier.processRewardModel(),
      settings: SearchSettings(sampling: plan.sampling, maximumTokens: plan.maximumTokens))
    let outcome = try await search.selected(by: .bestOfN)
      .solve(item.problem, on: plan.models.policy, seed: Seed(1), format: plan.format)
    let answer = outcome.selected.flatMap { AnswerConvention.math.read($0.text)?.answer.text }
    svg = SearchPicture(outcome.trace).svg
    caption = """
      Beam search with N = \(Self.width) and M = \(StudyPlan.branching), guided by \(plan.models.verifier.name), seed 1, on \
      problem \(item.problem.id)\(item.level.map { " of level \($0)" } ?? ""). It answers \(answer ?? "nothing"); right \
      is \(item.problem.reference ?? "unknown").

      > \(item.problem.question.replacing("\n", with: "\n> "))
      """
  }

  /// The first problem that beam search solves and the majority of as many samples does not, from the middle level on.
  private static func example(in items: [ProblemSet.Item], _ records: [StudyRecord]) -> ProblemSet.Item? {
    func outcomes(_ strategy: String) -> [String: Bool] {
      let mine = records.filter { $0.method.strategy == strategy && $0.method.n == 16 && $0.seed == 1 }
      return Dictionary(mine.map { ($0.problem, $0.isCorrect) }, uniquingKeysWith: { first, _ in first })
    }
    let (beam, vote) = (outcomes("beam"), outcomes("majority"))
    let levels = Set(items.compactMap(\.level)).sorted()
    let middle = levels.isEmpty ? nil : levels[levels.count / 2]
    return items.first {
      $0.level == middle && beam[$0.problem.id] == true && vote[$0.problem.id] == false
    }
  }
}
