import PonderGeneration
import PonderModels
import Testing

struct ChatTemplateTests {
  /// The template that TinyLlama and Zephyr ship.
  static let zephyr = """
    {% for message in messages %}
    {% if message['role'] == 'user' %}
    {{ '<|user|>\\n' + message['content'] + eos_token }}
    {% elif message['role'] == 'system' %}
    {{ '<|system|>\\n' + message['content'] + eos_token }}
    {% elif message['role'] == 'assistant' %}
    {{ '<|assistant|>\\n'  + message['content'] + eos_token }}
    {% endif %}
    {% if loop.last and add_generation_prompt %}
    {{ '<|assistant|>' }}
    {% endif %}
    {% endfor %}
    """

  @Test func zephyrIsRecognisedAndRendered() throws {
    let template = try ChatTemplate.recognise(Self.zephyr, beginningOfText: "<s>", endOfText: "</s>")
    // As transformers renders it, which trims the line ends after blocks.
    #expect(
      try template.render([.system("Be kind"), .user("Hi")])
        == "<|system|>\nBe kind</s>\n<|user|>\nHi</s>\n<|assistant|>\n")
  }

  @Test func partialAnswersAreKeptToTheLastSpace() throws {
    let template = ChatTemplate(.llama3(.init()), beginningOfText: "<B>", endOfText: "<E>")
    let text = try template.render([.user(" Hi ")], continuing: "  Well \n")
    #expect(
      text == "<B><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n  Well \n")
  }

  @Test func aDefaultSystemMessageMayHoldBracesAndBackslashes() throws {
    // Qwen2.5-Math's, in the spelling of its template.
    let text = #"""
      {%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
      {%- else %}
      {{- '<|im_start|>system\nPlease reason, and put your final answer within \\boxed{}.<|im_end|>\n' }}
      {%- endif %}{%- for message in messages %}
      {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- endfor %}
      {%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
      """#
    let template = try ChatTemplate.recognise(text, beginningOfText: "", endOfText: "<|im_end|>")
    #expect(
      try template.render([.user("Hi")]).hasPrefix(
        "<|im_start|>system\nPlease reason, and put your final answer within \\boxed{}.<|im_end|>\n<|im_start|>user\n"))
  }

  @Test func theDateIsFixedUnlessSet() throws {
    var template = ChatTemplate(.llama3(.init(isDated: true)), beginningOfText: "", endOfText: "")
    #expect(try template.render([.user("Hi")]).contains("Today Date: 26 Jul 2024\n"))
    template.date = "01 Jan 2030"
    #expect(try template.render([.user("Hi")]).contains("Today Date: 01 Jan 2030\n"))
  }

  @Test func unknownTemplatesSayHowToGiveOne() {
    do throws(ChatTemplateError) {
      _ = try ChatTemplate.recognise("{{ messages }}", beginningOfText: "", endOfText: "")
      Issue.record("recognised")
    } catch {
      #expect(error.description.contains("ChatTemplate("))
    }
  }

  @Test func rolesThatDoNotAlternateAreRefused() {
    let template = ChatTemplate(.mistral(.init()), beginningOfText: "<s>", endOfText: "</s>")
    #expect(throws: ChatTemplateError.self) { try template.render([.user("a"), .user("b")]) }
    #expect(throws: ChatTemplateError.self) { try template.render([.system("a"), .user("b")]) }
    #expect(throws: ChatTemplateError.self) { try template.render([]) }
  }
}
