extension ChatTemplate {
  /// The template that a checkpoint's Jinja text is.
  ///
  /// - Parameters:
  ///   - text: `chat_template` of `tokenizer_config.json`, `chat_template.jinja`, or `tokenizer.chat_template` of a GGUF.
  ///   - beginningOfText: the spelling of `bos_token`, empty if there is none.
  ///   - endOfText: the spelling of `eos_token`.
  /// - Throws: `ChatTemplateError.unknownTemplate` for a text of no known family.
  public static func recognise(
    _ text: String, beginningOfText: String, endOfText: String
  ) throws(ChatTemplateError) -> ChatTemplate {
    let source = Source(text)
    let recognisers = [llama3Dialect, chatMLDialect, llama2Dialect, mistralDialect, zephyrDialect]
    for recogniser in recognisers {
      if let family = recogniser(source) {
        return ChatTemplate(family, beginningOfText: beginningOfText, endOfText: endOfText)
      }
    }
    throw .unknownTemplate(excerpt: String(text.prefix(80)).split(separator: "\n").joined(separator: " "))
  }

  // MARK: - What is looked at

  /// A template's text, comparable over quotes, spaces and escapes.
  private struct Source {
    /// With double quotes as single ones, escaped newlines as newlines, and no white space around operators.
    let text: String
    /// Markers such as `<|im_start|>` and `[INST]`.
    let markers: Set<String>

    init(_ original: String) {
      text = original.replacing("\"", with: "'").replacing("\\n", with: "\n").replacing(" +", with: "+")
        .replacing("+ ", with: "+").replacing(" |", with: "|").replacing("| ", with: "|")
      var markers = Set<String>()
      for match in original.matches(of: /<\|[^<>|\n' ]+\|>|<｜[^<>\n]+｜>|\[\/?[A-Z_]{3,}\]|\[gMASK\]|<<\/?SYS>>/) {
        markers.insert(String(match.output))
      }
      self.markers = markers
    }

    func has(_ part: String) -> Bool { text.contains(part) }

    /// The literal between `start` and `end`, if it is only a literal, with its escaped backslashes as one.
    func literal(from start: String, to end: String) -> String? {
      var rest = text[...]
      while let range = rest.firstRange(of: start) {
        rest = rest[range.upperBound...]
        guard let close = rest.firstRange(of: end) else { return nil }
        let literal = rest[..<close.lowerBound]
        let isLiteral = !literal.isEmpty && !["'", "{{", "{%"].contains { literal.contains($0) }
        if isLiteral { return String(literal.replacing("\\\\", with: "\\")) }
      }
      return nil
    }
  }

  // MARK: - The families

  private static func llama3Dialect(_ source: Source) -> Family? {
    let known: Set = [
      "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>",
      "<|begin_of_text|>",
    ]
    guard source.markers.isSuperset(of: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]),
      source.markers.isSubset(of: known), source.has("message['content']|trim")
    else { return nil }
    var dialect = Llama3Dialect(isDated: source.has("Today Date: "))
    guard dialect.isDated == source.has("Cutting Knowledge Date: December 2023") else { return nil }
    dialect.alwaysPrompts = !source.has("add_generation_prompt")
    return .llama3(dialect)
  }

  private static func chatMLDialect(_ source: Source) -> Family? {
    guard source.markers.isSuperset(of: ["<|im_start|>", "<|im_end|>"]),
      source.markers.isSubset(of: ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]),
      source.has("add_generation_prompt"), !source.has("raise_exception"), !source.has("|trim+")
    else { return nil }
    var dialect = ChatMLDialect()
    dialect.beginsWithBeginningOfText = source.has("bos_token")
    if source.has("pydantic model json schema") {
      // Hermes 3's tool-use template, which introduces its tools even if there are none.
      guard source.has("{{- ' </tools>' }}") else { return nil }
      dialect.preamble = hermesPreamble
    } else {
      dialect.defaultSystem = source.literal(from: "'<|im_start|>system\n", to: "<|im_end|>\n'")
    }
    if source.has("if true %}"), source.has("reasoning_content") {
      dialect.reasoning = .always
    } else if source.has("last_query_index") {
      dialect.reasoning = .droppedBeforeLastQuestion
    } else if source.has("</think>") {
      dialect.reasoning = .droppedFromAllButLast
    }
    // With no settings given: QwQ closes the thought at once unless thinking is asked for, Qwen3 leaves it open.
    if source.has("'<|im_start|>assistant\n<think>\n'") {
      dialect.afterOpening = "<think>\n" + (source.has("if not enable_thinking") ? "</think>" : "")
    } else if source.has("open_thinking is true"), source.has("'<think>\n\n</think>\n\n'") {
      dialect.afterOpening = "<think>\n\n</think>\n\n"
    }
    return .chatML(dialect)
  }

  private static func llama2Dialect(_ source: Source) -> Family? {
    guard source.has("<<SYS>>\n"), source.has("[INST] "), source.has(" [/INST]"),
      source.markers.isSubset(of: ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"])
    else { return nil }
    var dialect = Llama2Dialect()
    dialect.opensByIndex = source.has("messages[idx]")
    dialect.beginsEveryTurn = source.has("bos_token+'[INST] '")
    dialect.stripsContent = source.has("content.strip()")
    if let system = source.literal(from: "set system_message = '", to: "'") { dialect.defaultSystem = system }
    return .llama2(dialect)
  }

  private static func mistralDialect(_ source: Source) -> Family? {
    let known: Set = [
      "[INST]", "[/INST]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[AVAILABLE_TOOLS]",
      "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CONTENT]",
    ]
    guard source.markers.isSuperset(of: ["[INST]", "[/INST]"]), source.markers.isSubset(of: known),
      source.has("eos_token")
    else { return nil }
    var dialect = MistralDialect()
    dialect.opening = source.has("' [INST] '") ? " [INST] " : source.has("'[INST] '") ? "[INST] " : "[INST]"
    dialect.closing = source.has("' [/INST]'") ? " [/INST]" : "[/INST]"
    if source.has("'[SYSTEM_PROMPT] '") {
      dialect.system = .marked
    } else if source.has("loop.last and system_message is defined") {
      dialect.system = .inLastQuestion
    } else if source.has("loop.first and system_message is defined") {
      dialect.system = .inFirstQuestion
    } else if source.has("system_message") {
      return nil
    }
    dialect.assistantLead = source.has("' '+message['content']") ? " " : ""
    dialect.stripsAssistant = source.has("message['content']|trim+eos_token")
    dialect.assistantTail = source.has("eos_token+' '") ? " " : ""
    return .mistral(dialect)
  }

  private static func zephyrDialect(_ source: Source) -> Family? {
    guard source.markers == ["<|user|>", "<|system|>", "<|assistant|>"],
      source.has("'<|user|>\n'+message['content']+eos_token"),
      source.has("'<|system|>\n'+message['content']+eos_token"),
      source.has("'<|assistant|>\n'+message['content']+eos_token")
        || source.has("'<|assistant|>\n' +message['content']+eos_token"),
      source.has("add_generation_prompt")
    else { return nil }
    return .zephyr
  }

  private static let hermesPreamble = """
    You are a function calling AI model. You are provided with function signatures within <tools></tools> XML tags. \
    You may call one or more functions to assist with the user query. Don't make assumptions about what values to plug \
    into functions. Here are the available tools: <tools>  </tools>Use the following pydantic model json schema for \
    each tool call you will make: {"properties": {"name": {"title": "Name", "type": "string"}, "arguments": {"title": \
    "Arguments", "type": "object"}}, "required": ["name", "arguments"], "title": "FunctionCall", "type": "object"}}
    For each function call return a json object with function name and arguments within <tool_call></tool_call> XML \
    tags as follows:
    <tool_call>
    {"name": <function-name>, "arguments": <args-dict>}
    </tool_call>
    """
}
