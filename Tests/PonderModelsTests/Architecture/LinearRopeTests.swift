import Foundation
import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Against transformers in float64, on the random Llama that `Tests/Fixtures/Transformers/make.py` made.
struct LinearRopeTests {
  struct Reference: Decodable {
    var tokens: [Token]
    var logits: [[Float]]
  }

  private static let folder = ModelData.packageRoot.appending(path: "Tests/Fixtures/Transformers/linear-rope")

  private static let reference = Result {
    try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: folder.appending(path: "reference.json")))
  }

  private func relativeError(_ logits: [[Float]], _ expected: [[Float]]) -> Float {
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    return zip(logits.joined(), expected.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
  }

  @Test(arguments: MatrixBackend.allCases)
  func logitsWithLinearScalingAreThoseOfTransformers(_ backend: MatrixBackend) throws {
    let reference = try Self.reference.get()
    let checkpoint = try Checkpoint(Self.folder.path)
    #expect(checkpoint.configuration.ropeScaling == .linear(factor: 4))
    var run = DirectRun(try Transformer(Self.folder.path, backend: backend))
    let logits = run.outputs(reference.tokens)
    #expect(reference.logits.count == 40 && logits.count == 40)
    #expect(relativeError(logits, reference.logits) <= 2e-4)
  }

  @Test func withoutTheScalingTheLogitsAreOthers() throws {
    let reference = try Self.reference.get()
    let folder = try TemporaryFolder()
    try folder.write(
      "model.safetensors", Data(contentsOf: Self.folder.appending(path: "model.safetensors")))
    let configuration = try String(contentsOf: Self.folder.appending(path: "config.json"), encoding: .utf8)
    try folder.write("config.json", configuration.replacing(#""linear""#, with: #""default""#))
    var run = DirectRun(try Transformer(folder.path))
    #expect(relativeError(run.outputs(reference.tokens), reference.logits) > 0.1)
  }
}
