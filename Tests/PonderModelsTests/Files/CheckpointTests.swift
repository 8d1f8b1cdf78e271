import Foundation
import OrderedCollections
import PonderCore
import PonderModels
import Testing

@Suite struct CheckpointTests {
  /// A folder with the tiny model as safetensors and its configuration.
  private func huggingFaceFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("config.json", TinyModel.configuration)
    try TinyModel.safetensors().write(to: folder.file("model.safetensors"))
    return folder
  }

  private func kind(_ path: String) -> ModelFileError.Kind? {
    fileError { () throws(ModelFileError) in _ = try Checkpoint(path) }?.kind
  }

  @Test func everyTensorHasTheSameNameAndValuesInBothFormats() throws {
    let folder = try huggingFaceFolder()
    let ggufPath = folder.file("model.gguf")
    try TinyModel.gguf().write(to: ggufPath)
    for checkpoint in [try Checkpoint(folder.path), try Checkpoint(ggufPath)] {
      for (number, (name, shape)) in TinyModel.shapes.enumerated() {
        if shape.count == 1 {
          #expect(try checkpoint.vector(name) == TinyModel.values(number))
        } else {
          let weight = try checkpoint.weight(name)
          #expect([weight.rows, weight.columns] == shape)
          #expect(weight.dequantized().elements == TinyModel.values(number))
        }
      }
      #expect(checkpoint.parameterCount == TinyModel.shapes.reduce(0) { $0 + $1.1.reduce(1, *) })
      #expect(checkpoint.byteCount == 4 * checkpoint.parameterCount)
    }
    #expect(try Checkpoint(ggufPath).configuration.rotaryLayout == .interleaved)
    #expect(try Checkpoint(folder.path).configuration.rotaryLayout == .halfSplit)
  }

  @Test func aModelOpensByFolderFileIndexOrConfiguration() throws {
    let folder = try huggingFaceFolder()
    let shards = try TemporaryFolder()
    let file = "model-00001-of-00001.safetensors"
    try TinyModel.safetensors().write(to: shards.file(file))
    try shards.write("config.json", TinyModel.configuration)
    let map = TinyModel.shapes.map { #""\#($0.0)":"\#(file)""# }.joined(separator: ",")
    try shards.write("model.safetensors.index.json", #"{"weight_map":{\#(map)}}"#)
    let paths = [
      folder.path, folder.path + "/", folder.file("model.safetensors"), folder.file("config.json"), shards.path,
      shards.file("model.safetensors.index.json"), shards.file(file),
    ]
    for path in paths { #expect(kind(path) == nil, "\(path)") }
  }

  @Test func whatIsNoModelIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(kind(folder.path) == .notFound)
    #expect(kind(folder.file("absent")) == .notFound)
    #expect(kind("") == .notFound)
    #expect(kind(try folder.write("text.txt", "hello, this is no model")) == .unknownFormat)
    #expect(kind(try folder.write("empty.gguf", "")) == .unknownFormat)
    try TinyModel.safetensors().write(to: folder.file("model.safetensors"))
    #expect(kind(folder.path) == .notFound)  // no config.json
  }

  @Test func aTensorThatIsAbsentMisshapenOrOfTheWrongTypeIsNamed() throws {
    let folder = try huggingFaceFolder()
    func error(replacing number: Int, by tensor: TensorPayload?) throws -> ModelFileError? {
      var writer = SafetensorsWriter()
      for (index, (name, shape)) in TinyModel.shapes.enumerated() where index != number {
        writer.add(TensorPayload(name, shape: shape, values: TinyModel.values(index)))
      }
      if let tensor { writer.add(tensor) }
      try writer.write(to: folder.file("model.safetensors"))
      return fileError { () throws(ModelFileError) in _ = try Checkpoint(folder.path) }
    }
    let name = TinyModel.shapes[2].0
    let absent = try error(replacing: 2, by: nil)
    #expect(absent?.kind == .missing && absent?.part == .tensor(name))
    let transposed = try error(replacing: 2, by: TensorPayload(name, shape: [4, 16], values: TinyModel.values(2)))
    #expect(transposed?.kind == .inconsistent && transposed?.part == .tensor(name))
    let doubles = try error(
      replacing: 2, by: TensorPayload(name, type: .f64, shape: [8, 8]) { [UInt8](repeating: 0, count: 512) })
    #expect(doubles?.kind == .unsupported && doubles?.part == .tensor(name))
  }

  @Test func ggufTellsTiedEmbeddingsEndTokensAndRotaryDivisors() throws {
    let folder = try TemporaryFolder()
    var writer = GGUFWriter(metadata: TinyModel.metadata)
    for (number, (name, shape)) in TinyModel.shapes.dropLast().enumerated() {
      writer.add(TensorPayload(TensorNames.gguf(name), shape: shape, values: TinyModel.values(number)))
    }
    writer.add(TensorPayload("rope_freqs.weight", shape: [2], values: [1, 8]))
    try writer.write(to: folder.file("m.gguf"))
    let configuration = try Checkpoint(folder.path).configuration
    #expect(configuration.tiedEmbeddings)
    #expect(configuration.ropeScaling == .divisors([1, 8]))
    #expect(configuration.endOfTextTokens == [2, 5])  // the key's, and <|im_end|> by its text
    #expect(configuration.beginOfTextToken == 1)
  }

  @Test func ggufMetadataThatCannotBeRunAreRefusedByKey() throws {
    let folder = try TemporaryFolder()
    let cases: [(String, GGUFValue, ModelFileError.Kind)] = [
      ("general.architecture", .string("gpt2"), .unsupported),
      ("llama.block_count", .uint32(0), .outOfRange),
      ("llama.block_count", .string("1"), .wrongType),
      ("llama.attention.head_count_kv", .uint32(3), .outOfRange),
      ("llama.attention.head_count_kv", .array(.uint32([1, 2])), .unsupported),
      ("llama.expert_count", .uint32(8), .unsupported),
      ("llama.rope.scaling.type", .string("yarn"), .unsupported),
      ("llama.rope.dimension_count", .uint32(2), .unsupported),
      ("split.count", .uint16(2), .unsupported),
    ]
    for (key, value, kind) in cases {
      var metadata = TinyModel.metadata
      metadata["llama.attention.key_length"] = .uint32(4)
      metadata[key] = value
      try TinyModel.gguf(metadata).write(to: folder.file("m.gguf"))
      let error = fileError { () throws(ModelFileError) in _ = try Checkpoint(folder.file("m.gguf")) }
      #expect(error?.kind == kind && error?.part == .key(key), "\(key): \(String(describing: error))")
    }
  }

  @Test func chatTemplatesAreFoundWhereverTheyAreKept() throws {
    let folder = try huggingFaceFolder()
    #expect(try Checkpoint(folder.path).chatTemplates == ChatTemplateTexts())
    try folder.write("tokenizer_config.json", #"{"chat_template": "one"}"#)
    #expect(try Checkpoint(folder.path).chatTemplates.standard == "one")
    try folder.write(
      "tokenizer_config.json",
      #"{"chat_template": [{"name": "default", "template": "a"}, {"name": "rag", "template": "b"}]}"#)
    #expect(try Checkpoint(folder.path).chatTemplates == ChatTemplateTexts(standard: "a", named: ["rag": "b"]))
    try folder.write("chat_template.jinja", "newest")
    #expect(try Checkpoint(folder.path).chatTemplates.standard == "newest")
    var metadata = TinyModel.metadata
    metadata["tokenizer.chat_template"] = .string("g")
    metadata["tokenizer.chat_template.rag"] = .string("h")
    try TinyModel.gguf(metadata).write(to: folder.file("m.gguf"))
    #expect(
      try Checkpoint(folder.file("m.gguf")).chatTemplates == ChatTemplateTexts(standard: "g", named: ["rag": "h"]))
  }

  @Test func tensorNamesTranslateBothWays() {
    for (name, _) in TinyModel.shapes {
      #expect(TensorNames.canonical(gguf: TensorNames.gguf(name)) == name)
      #expect(TensorNames.gguf(name) != name)
    }
    #expect(TensorNames.gguf("model.layers.31.self_attn.k_proj.bias") == "blk.31.attn_k.bias")
    #expect(TensorNames.canonical(gguf: "rope_freqs.weight") == "rope_freqs.weight")
  }

  @Test func theSummaryIsReadableAndCodable() throws {
    let folder = try huggingFaceFolder()
    let summary = try CheckpointSummary(folder.path)
    #expect(summary.model?.architecture == "llama")
    // 6·8 + 8 + (8 + 4 + 4 + 8)·8 + 8 + 3·12·8 + 8 + 6·8, four bytes each.
    #expect(summary.parameterCount == 600)
    #expect(summary.bytesByType == ["F32": 2400])
    #expect(summary.problem == nil)
    #expect(summary.description.contains("architecture   llama\n"))
    #expect(summary.description.contains("2,400 (F32 2,400)"))
    #expect(try JSONDecoder().decode(CheckpointSummary.self, from: JSONEncoder().encode(summary)) == summary)
  }

  // The shared data are not part of the repository.
  @Test(
    .enabled(if: SharedFiles.exist),
    arguments: SharedFiles.list("models/stories260K/gguf", ".gguf")
      + SharedFiles.list("models/quantized-reference", ".gguf")
      + ["models/stories260K/hf", "models/stories260K/hf-f16", "models/stories260K/hf-sharded"])
  func everySharedCheckpointOpensAndCanBeReadWhole(_ name: String) throws {
    let checkpoint = try Checkpoint(SharedFiles.path(name))
    try touchEverything(checkpoint)
    let isStories = name.contains("stories260K")
    #expect(checkpoint.configuration.layerCount == (isStories ? 5 : 2))
    #expect(checkpoint.configuration.hiddenSize == (isStories ? 64 : 256))
    #expect(checkpoint.configuration.endOfTextTokens == [2])
    #expect(checkpoint.configuration.tiedEmbeddings == !checkpoint.contains("lm_head.weight"))
  }
}
