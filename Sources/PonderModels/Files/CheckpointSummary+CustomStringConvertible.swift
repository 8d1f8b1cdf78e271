extension CheckpointSummary: CustomStringConvertible {
  /// A page of text: the model, then one line for each tensor.
  public var description: String {
    var rows: [(String, String)] = [("path", path), ("format", format)]
    if let model { rows += model.rows }
    if let problem { rows.append(("cannot be run", problem)) }
    rows.append(("tokenizer", tokenizer))
    rows.append(("chat template", templateDescription))
    rows.append(("parameters", parameterCount.grouped))
    let types = bytesByType.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value.grouped)" }.joined(separator: ", ")
    rows.append(("bytes", types.isEmpty ? "0" : "\(byteCount.grouped) (\(types))"))
    rows.append(("tensors", tensors.count.grouped))
    let width = rows.map(\.0.count).max() ?? 0
    var lines = rows.map { $0.0.padded(to: width) + "  " + $0.1 }

    let names = tensors.map(\.name.escapingControls)
    let nameWidth = names.map(\.count).max() ?? 0
    let shapes = tensors.map { $0.shape.map(String.init).joined(separator: " × ") }
    let shapeWidth = shapes.map(\.count).max() ?? 0
    for (index, tensor) in tensors.enumerated() {
      let columns = [
        names[index].padded(to: nameWidth), shapes[index].padded(to: shapeWidth), tensor.type.padded(to: 6),
      ]
      lines.append("  " + columns.joined(separator: "  ") + "  " + tensor.byteCount.grouped)
    }
    return lines.joined(separator: "\n")
  }

  private var templateDescription: String {
    guard !chatTemplates.isEmpty else { return "none" }
    let others = chatTemplates.filter { $0 != "standard" }
    return (templateFamily ?? "of no known family") + (others.isEmpty ? "" : ", also \(others.joined(separator: ", "))")
  }
}

extension CheckpointSummary.Model {
  fileprivate var rows: [(String, String)] {
    [
      ("architecture", architecture),
      ("head", labels.isEmpty ? head : "\(head) (\(labels.joined(separator: ", ")))"),
      ("layers", "\(layers), width \(hiddenSize), feed-forward \(intermediateSize)"),
      ("attention", "\(heads) heads of \(headDimension), \(keyValueHeads) for keys and values"),
      ("vocabulary", "\(vocabularySize.grouped)\(tiedEmbeddings ? ", output tied to the embedding" : "")"),
      ("context", contextLength.grouped + (slidingWindow.map { ", sliding window \($0.grouped)" } ?? "")),
      ("rotation", "base \(ropeTheta), scaling \(ropeScaling)"),
      ("end of text", endOfTextTokens.map(String.init).joined(separator: ", ")),
    ]
  }
}

extension Int {
  /// With commas between groups of three digits.
  fileprivate var grouped: String {
    let digits = String(self)
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }.joined()
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
