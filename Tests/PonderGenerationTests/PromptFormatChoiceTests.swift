import PonderGeneration
import Testing

@Suite struct PromptFormatChoiceTests {
  private func format(_ name: String, _ choice: PromptFormatChoice = .automatic) -> PromptFormat {
    choice.format(for: ModelDescription(name: name, fingerprint: "f", contextLength: 100, capabilities: []))
  }

  @Test(arguments: ["Llama-3.2-1B-Instruct", "Qwen2.5-1.5B-Instruct-GGUF", "gemma_2b.it", "TinyLlama-1.1B-Chat-v1.0"])
  func instructModelsAreAskedAsTheReferenceStudyAsks(name: String) {
    #expect(format(name) == .searchAndLearn)
  }

  @Test(arguments: ["arithmetic-0.8M", "Llama-3.2-1B", "SmolLM2-135M", "italian-2B"])
  func othersGetTheBareQuestion(name: String) {
    #expect(format(name) == .chat)
  }

  @Test func aChoiceIsObeyed() {
    #expect(format("Llama-3.2-1B-Instruct", .none) == .chat)
    #expect(format("arithmetic-0.8M", .searchAndLearn) == .searchAndLearn)
  }
}
