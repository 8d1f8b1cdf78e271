import Foundation
import OrderedCollections
import PonderEvaluation
import PonderGeneration
import PonderModels

/// A GGUF file with random weights of a real model's shape, which llama.cpp loads too.
///
/// The same shape, format and seed give the same bytes. Logits stay finite: a matrix of n inputs has weights of
/// deviation 1/√n, so that it keeps the size of what it multiplies.
struct RandomCheckpoint {
  let shape: ModelShape
  let format: CheckpointFormat
  let seed: UInt64

  /// The file in a folder, written if it is not there. Progress goes to standard error.
  func file(in folder: URL) throws -> URL {
    let url = folder.appending(path: "\(shape.name)-\(format.rawValue)-\(seed).gguf")
    let path = url.path(percentEncoded: false)
    if FileManager.default.fileExists(atPath: path) { return url }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(to: path)
    return url
  }

  private func write(to path: String) throws(ModelFileError) {
    var writer = GGUFWriter(metadata: metadata)
    let root = Seed(seed).derived(shape.name)
    var payloads = shape.tensors.map { payload($0, root) }
    if !shape.ropeDivisors.isEmpty {
      payloads.append(
        TensorPayload("rope_freqs.weight", shape: [shape.ropeDivisors.count], values: shape.ropeDivisors))
    }
    let bar = ProgressBar(
      "writing \(shape.name) in \(format.rawValue), megabytes", total: payloads.reduce(0) { $0 + $1.megabytes })
    for payload in payloads {
      writer.add(
        TensorPayload(payload.name, type: payload.type, shape: payload.shape) {
          defer { bar.advance(by: payload.megabytes) }
          return payload.bytes()
        })
    }
    try writer.write(to: path)
    bar.finish()
  }

  private func payload(_ tensor: ModelShape.Tensor, _ root: Seed) -> TensorPayload {
    if tensor.role == .norm {
      return TensorPayload(tensor.name, shape: tensor.shape, values: Array(repeating: 1, count: tensor.elementCount))
    }
    let weights = RandomWeights(
      type: format.type(of: tensor), elementCount: tensor.elementCount,
      deviation: 1 / Float(tensor.shape[1]).squareRoot(), seed: root.derived(tensor.name))
    return TensorPayload(tensor.name, type: weights.type, shape: tensor.shape, bytes: weights.bytes)
  }

  private var metadata: OrderedDictionary<String, GGUFValue> {
    let vocabulary = RandomVocabulary(size: shape.vocabularySize)
    func count(_ value: Int) -> GGUFValue { .uint32(UInt32(value)) }
    let special = vocabulary.beginOfText
    return [
      "general.architecture": .string("llama"),
      "general.name": .string("random \(shape.name)"),
      "general.file_type": .uint32(format.fileType),
      "general.quantization_version": .uint32(2),
      "llama.block_count": count(shape.layerCount),
      "llama.context_length": count(shape.contextLength),
      "llama.embedding_length": count(shape.hiddenSize),
      "llama.feed_forward_length": count(shape.intermediateSize),
      "llama.attention.head_count": count(shape.headCount),
      "llama.attention.head_count_kv": count(shape.keyValueHeadCount),
      "llama.attention.key_length": count(shape.headDimension),
      "llama.attention.value_length": count(shape.headDimension),
      "llama.attention.layer_norm_rms_epsilon": .float32(1e-5),
      "llama.rope.dimension_count": count(shape.headDimension),
      "llama.rope.freq_base": .float32(shape.ropeTheta),
      "llama.vocab_size": count(shape.vocabularySize),
      "tokenizer.ggml.model": .string("gpt2"),
      "tokenizer.ggml.pre": .string("llama-bpe"),
      "tokenizer.ggml.tokens": .array(.string(vocabulary.tokens)),
      "tokenizer.ggml.token_type": .array(.int32(vocabulary.types)),
      "tokenizer.ggml.merges": .array(.string(vocabulary.merges)),
      "tokenizer.ggml.bos_token_id": count(special),
      "tokenizer.ggml.eos_token_id": count(special + 1),
      "tokenizer.ggml.eot_token_id": count(special + 4),
      "tokenizer.ggml.add_bos_token": .bool(true),
    ]
  }
}

extension TensorPayload {
  fileprivate var megabytes: Int { byteCount / 1_000_000 }
}
