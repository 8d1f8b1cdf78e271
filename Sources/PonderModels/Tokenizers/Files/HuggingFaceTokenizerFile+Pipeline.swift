/// The parts of `tokenizer.json` that are pipelines: normalizers, pre-tokenizers, decoders.
extension HuggingFaceTokenizerFile {
  /// A component and, if it is a `Sequence`, its members instead of it.
  func components(_ json: TokenizerJSON?, _ membersName: String) -> [TokenizerJSON] {
    guard let json, !json.isNull else { return [] }
    if json["type"]?.string == "Sequence" {
      return (json[membersName]?.array ?? []).flatMap { components($0, membersName) }
    }
    return [json]
  }

  /// Whether the pre-tokenizer or the decoder has a component of this type.
  func mentions(type: String) -> Bool {
    (components(root["pre_tokenizer"], "pretokenizers") + components(root["decoder"], "decoders"))
      .contains { $0["type"]?.string == type }
  }

  /// What stands for a space in the vocabulary, usually U+2581.
  func spaceMarker() throws(TokenizerError) -> String {
    for part in components(root["pre_tokenizer"], "pretokenizers") where part["type"]?.string == "Metaspace" {
      return part["replacement"]?.string ?? "\u{2581}"
    }
    for part in components(root["normalizer"], "normalizers") where part["type"]?.string == "Replace" {
      if part["pattern"]?["String"]?.string == " ", let content = part["content"]?.string { return content }
    }
    throw .unsupported(file: name, feature: "a pipeline that is neither byte-level nor SentencePiece's")
  }

  func normalizer(_ json: TokenizerJSON?, _ marker: String) throws(TokenizerError) -> [Normalizer.Step] {
    var steps: [Normalizer.Step] = []
    for part in components(json, "normalizers") {
      switch part["type"]?.string {
      case "NFC": steps.append(.nfc)
      case "NFD": steps.append(.nfd)
      case "NFKC": steps.append(.nfkc)
      case "NFKD": steps.append(.nfkd)
      case "Prepend":
        guard let prefix = part["prepend"]?.string else {
          throw .malformed(file: name, reason: "Prepend has nothing to prepend")
        }
        steps.append(.prepend(Array(prefix.utf8)))
      case "Replace":
        guard let content = part["content"]?.string, let pattern = part["pattern"] else {
          throw .malformed(file: name, reason: "Replace has no pattern or no content")
        }
        guard let string = pattern["String"]?.string, !string.isEmpty else {
          throw .unknownPattern(file: name, pattern: pattern["Regex"]?.string ?? "")
        }
        // Inside, a space is a space: the marker only exists in the file.
        if string == " " && content == marker { continue }
        steps.append(.replace(Array(string.utf8), with: Array(content.utf8)))
      case let type: throw .unsupported(file: name, feature: "the normalizer \(type ?? "without a type")")
      }
    }
    return steps
  }

  func preTokenizer(_ json: TokenizerJSON?, _ marker: String) throws(TokenizerError) -> [PreTokenizer.Step] {
    var steps: [PreTokenizer.Step] = []
    for part in components(json, "pretokenizers") {
      switch part["type"]?.string {
      case "ByteLevel":
        if part["add_prefix_space"]?.bool ?? true { steps.append(.prefixSpace) }
        if part["use_regex"]?.bool ?? true { steps.append(.pattern(.gpt2)) }
      case "Digits": steps.append(.digits(individually: part["individual_digits"]?.bool ?? false))
      case "Split":
        guard let source = part["pattern"]?["Regex"]?.string else {
          throw .unknownPattern(file: name, pattern: part["pattern"]?["String"]?.string ?? "")
        }
        let isIsolated =
          ["Isolated", "Removed"].contains(part["behavior"]?.string ?? "")
          && (part["behavior"]?.string == "Removed") == (part["invert"]?.bool ?? false)
        guard isIsolated else {
          throw .unsupported(
            file: name, feature: "Split with the behavior \(part["behavior"]?.string ?? "without a name")")
        }
        if ["\\d", "\\p{N}", "[0-9]"].contains(source) {
          guard source == "\\p{N}" else { throw .unknownPattern(file: name, pattern: source) }
          steps.append(.digits(individually: true))
        } else if let pattern = SplitPattern.recognise(source) {
          steps.append(.pattern(pattern))
        } else {
          throw .unknownPattern(file: name, pattern: source)
        }
      case "Metaspace":
        let prefix: PreTokenizer.MetaspacePrefix
        switch part["prepend_scheme"]?.string {
        case "always": prefix = .always
        case "first": prefix = .first
        case "never": prefix = .never
        case nil: prefix = part["add_prefix_space"]?.bool ?? true ? .always : .never
        case let scheme?: throw .unsupported(file: name, feature: "the prepend scheme \(scheme)")
        }
        steps.append(.metaspace(prefix: prefix, splits: part["split"]?.bool ?? true))
      case let type: throw .unsupported(file: name, feature: "the pre-tokenizer \(type ?? "without a type")")
      }
    }
    return steps
  }

  /// SentencePiece's decoder, in the parts that Hugging Face writes it in.
  func decoding(_ marker: String) throws(TokenizerError) -> TokenizerDecoding {
    var strips = TokenizerDecoding.LeadingSpace.no
    for part in components(root["decoder"], "decoders") {
      switch part["type"]?.string {
      case "Replace", "ByteFallback", "Fuse": continue
      case "Strip":
        guard part["content"]?.string == " ", part["start"]?.int32 ?? 0 <= 1, part["stop"]?.int32 ?? 0 == 0 else {
          throw .unsupported(file: name, feature: "a decoder that strips more than one space in front")
        }
        if part["start"]?.int32 == 1 { strips = .one }
      case "Metaspace":
        let isNever = part["prepend_scheme"]?.string == "never" || part["add_prefix_space"]?.bool == false
        if !isNever { strips = .firstToken }
      case let type: throw .unsupported(file: name, feature: "the decoder \(type ?? "without a type")")
      }
    }
    return .sentencePiece(strips: strips, replacesWholeRuns: true)
  }
}
