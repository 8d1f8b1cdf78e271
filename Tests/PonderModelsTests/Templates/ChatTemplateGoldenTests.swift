import Foundation
import PonderGeneration
import PonderModels
import Testing

/// Conversations as Jinja renders the real templates. Enabled where the shared data is.
@Suite(.enabled(if: TokenizerData.isPresent, "the shared test data is not there"))
struct ChatTemplateGoldenTests {
  /// Which of the goldens' templates belong to another family than ours.
  static let foreignGoldens: Set = ["microsoft-Phi-3.5-mini-instruct", "deepseek-ai-DeepSeek-R1-Distill-Llama-8B"]

  /// Which of llama.cpp's cases belong to one of our families; all others must be refused.
  static let ownCases: Set = [
    "teknium/OpenHermes-2.5-Mistral-7B",
    "mistralai/Mistral-7B-Instruct-v0.2 (NOTE: Old pre-v1 without a system prompt)",
    "TheBloke/FusionNet_34Bx2_MoE-AWQ", "bofenghuang/vigogne-2-70b-chat", "Llama-3",
    "mistralai/Mistral-7B-Instruct-v0.2 (mistralai 'v1' template with a system prompt)",
    "Mistral-Large-Instruct-2407 (mistralai 'v3' template; modified to have system prompt at start)",
    "Mistral-Nemo-Instruct-2407 (mistralai 'v3-tekken' template; modified to have system prompt at start)",
    "mistralai/Mistral-Large-Instruct-2411 (mistralai 'v7' template)",
  ]

  func template(_ line: [String: Any]) throws -> ChatTemplate {
    try ChatTemplate.recognise(
      line["template"] as? String ?? "", beginningOfText: line["bos_token"] as? String ?? "",
      endOfText: line["eos_token"] as? String ?? "")
  }

  func messages(_ line: [String: Any]) -> [Message] {
    (line["messages"] as? [[String: String]] ?? []).compactMap { message in
      Role(rawValue: message["role"] ?? "").map { Message(role: $0, content: message["content"] ?? "") }
    }
  }

  @Test func goldensMatch() throws {
    let lines = try TokenizerData.lines("chat_templates/goldens.jsonl")
    #expect(lines.count > 100)
    for line in lines {
      let name = line["template_name"] as? String ?? ""
      if Self.foreignGoldens.contains(name) {
        #expect(throws: ChatTemplateError.self, "\(name)") { try self.template(line) }
        continue
      }
      let prompts = line["add_generation_prompt"] as? Bool ?? false
      var template = try self.template(line)
      // The goldens of the template that asks for the time were rendered with this one.
      if (line["template"] as? String ?? "").contains("strftime_now") { template.date = "10 Jul 2025" }
      let rendered = try? template.render(messages(line), addGenerationPrompt: prompts)
      #expect(rendered == line["expected"] as? String, "\(name), \(line["conversation"] ?? "")")
    }
  }

  @Test func llamaCppCasesMatchJinja() throws {
    for line in try TokenizerData.lines("chat_templates/llama_cpp_cases.jsonl") {
      let name = line["name"] as? String ?? ""
      if !Self.ownCases.contains(name) {
        #expect(throws: ChatTemplateError.self, "\(name)") { try self.template(line) }
        continue
      }
      let recognised = try self.template(line)
      // Where Jinja raises an exception there is no output, and we refuse too.
      let rendered = try? recognised.render(messages(line), addGenerationPrompt: true)
      #expect(rendered == line["python_jinja2_output"] as? String, "\(name)")
    }
  }
}
