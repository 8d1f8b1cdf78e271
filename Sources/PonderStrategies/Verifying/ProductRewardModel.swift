import PonderGeneration

/// Several process reward models, each of which can object to a step: its score is the product of theirs.
///
/// What one of them cannot see another may: `likelihood.multiplied(by: .arithmetic)` trusts a solution that a
/// model finds likely and whose equations hold. With calibrated, independent errors the product is the probability that
/// all find nothing wrong; the result itself is not calibrated.
public struct ProductRewardModel: ProcessRewardModel {
  /// The factors, at least one.
  public let members: [any ProcessRewardModel]

  /// Makes the product; without a member it refuses every model.
  public init(_ members: [any ProcessRewardModel]) { self.members = members }

  /// Their names, joined by " × ".
  public var name: String { members.map(\.name).joined(separator: " × ") }

  /// Throws what the first of them throws that cannot work on the candidates of this model.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard !members.isEmpty else { throw .invalidConfiguration("a product of reward models needs one at least") }
    for member in members { try member.validate(for: model) }
  }

  /// All are asked, one after the other, each checked and journaled by itself; where one fails, the first to fail says why.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    guard let first = members.first else {
      return candidates.map { _ in .failure(.verifier(name: "product", reason: "has no reward model")) }
    }
    var products = await context.scoreSteps(of: candidates, of: problem, by: first)
    for member in members.dropFirst() {
      let factors = await context.scoreSteps(of: candidates, of: problem, by: member)
      for index in products.indices {
        products[index] = products[index].flatMap { scores in
          factors[index].map { zip(scores, $0).map { $0 * $1 } }
        }
      }
    }
    return products
  }
}

extension ProcessRewardModel {
  /// A reward model to which both can object; see ``ProductRewardModel``.
  public func multiplied(by other: some ProcessRewardModel) -> ProductRewardModel { ProductRewardModel([self, other]) }
}
