import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Checkpoints whose heads are not what their configuration says.
@Suite struct RewardHeadTests {
  /// A fixture whose configuration names another class.
  private func load(_ fixture: RewardFixture, as name: String) async throws -> LocalModel {
    let folder = FileManager.default.temporaryDirectory.appending(path: "head-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: fixture.location, to: folder)
    let file = folder.appending(path: "config.json")
    var config = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
    config["architectures"] = [name]
    try JSONSerialization.data(withJSONObject: config).write(to: file)
    return try await LocalModel.load(from: folder)
  }

  @Test func aValueHeadIsFoundByItsTensorOrItsClass() async throws {
    for name in ["Qwen2ForCausalLM", "Qwen2ForPrmModel"] {
      #expect(try await load(.skywork, as: name).description.head == .value)
    }
  }

  @Test(arguments: [
    ("Qwen2ForRewardModel", "score.2.weight"), ("Qwen2ForPrmModel", "v_head.summary.weight"),
    ("Qwen2ForTokenClassification", "score.weight"), ("Qwen2ForCausalLM", "lm_head.weight"),
  ])
  func aHeadOfAnotherShapeOrNameIsRefusedByItsTensor(name: String, tensor: String) async throws {
    do {
      _ = try await load(.qwenProcess, as: name)
      Issue.record("\(name) was loaded")
    } catch let error as ModelLoadingError {
      guard case .file(let fault) = error else { throw error }
      #expect(fault.description.contains(tensor))
    }
  }

  @Test func aRewardModelDoesNotGenerate() async throws {
    for fixture in [RewardFixture.skywork, .qwenProcess] {
      let model = try await fixture.load()
      #expect(model.description.capabilities.isDisjoint(with: [.tokenScores, .logProbabilities]))
      await #expect(throws: GenerationError.self) {
        try await model.completion(for: GenerationRequest(.chat("Hi"), seed: 1))
      }
    }
  }
}
