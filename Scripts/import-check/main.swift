// What a package that depends on Ponder may do: multiply tensors, load a model, solve a problem within a budget; and with
// --wrong-shapes, what it may not.
import Foundation
import Ponder

if CommandLine.arguments[1] == "--wrong-shapes" { _ = Tensor.zeros(2, 3) + Tensor.zeros(4) }

let identity = Tensor.identity(2)
let product = Tensor(rows: [[1, 2], [3, 4]]).matmul(identity)
precondition(product == Tensor(rows: [[1, 2], [3, 4]]), "a matrix times the identity is \(product)")

let models = URL(filePath: CommandLine.arguments[1])
let model = try await LocalModel.load(from: models.appending(path: "arithmetic-0.8M"))

let solver = Sample(16)
  .scored(by: .arithmetic)
  .selected(by: .weightedVote(of: .boxedAnswer))
  .limited(to: .tokens(4096))

let problem: Problem = """
  Mia has 245 stamps. Mia finds 138 more stamps. Mia sells 70 stamps. How many stamps does Mia have now?
  """
let outcome = try await solver.solve(problem, on: model, seed: 7)
precondition(outcome.candidates.count >= 2 && outcome.usage.charged.tokens <= 4096, "\(outcome.stop)")

print(outcome.selected?.text ?? "no answer")
print("\(outcome.candidates.count) tries, \(outcome.usage.charged.tokens) tokens, \(outcome.stop)")
