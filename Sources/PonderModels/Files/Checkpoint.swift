import OrderedCollections
import PonderCore

/// A model on disk that can be run: configuration, weights, tokenizer and chat templates, whatever the format.
///
/// Opening checks everything: each tensor that the configuration asks for is there, in a type Ponder multiplies with,
/// in the right shape. Weights stay in the mapped file until they are touched. Tensors go by their Hugging Face names
/// in every format (`model.layers.0.self_attn.q_proj.weight`); ``ModelConfiguration/rotaryLayout`` tells how the query
/// and key rows of this file are ordered.
public struct Checkpoint: Sendable {
  /// The path it was opened with.
  public let path: String
  /// The shape of the model, checked.
  public let configuration: ModelConfiguration
  /// Where its tokenizer is.
  public let tokenizer: TokenizerSource
  /// The chat templates it carries.
  public let chatTemplates: ChatTemplateTexts
  let contents: CheckpointContents

  /// Opens a model.
  ///
  /// - Parameter path: a folder with `config.json` and safetensors (or one GGUF file), a `.gguf` file, a `.safetensors`
  ///   file or an index beside its `config.json`, or that `config.json`.
  /// - Throws: ``ModelFileError`` naming the file, the tensor or key, and what is wrong.
  public init(_ path: String) throws(ModelFileError) {
    try self.init(CheckpointContents(path))
  }

  init(_ contents: CheckpointContents) throws(ModelFileError) {
    self.contents = contents
    path = contents.path
    var configuration = try contents.configuration()
    // The class name of a causal language model that got a value head stays what it was.
    if configuration.head == .languageModel, contents.tensors["v_head.summary.weight"] != nil {
      configuration.head = .value
    }
    self.configuration = configuration
    tokenizer = contents.tokenizer
    chatTemplates = try contents.chatTemplates()
    try requireTensors()
  }

  /// The tensors of the files under their Hugging Face names, those that the model does not use included.
  public var tensors: OrderedDictionary<String, TensorRecord> { contents.tensors }

  /// Bytes of all tensors.
  public var byteCount: Int { contents.byteCount }

  /// Weights and biases of all tensors, without buffers such as rotary frequencies.
  public var parameterCount: Int { contents.parameterCount }

  /// Whether there is a tensor of this Hugging Face name.
  public func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// A weight matrix [outputs, inputs], lying in the mapped file where its alignment allows.
  ///
  /// - Throws: `.missing`; `.unsupported` for an element type that cannot be multiplied with; `.inconsistent` for a
  ///   tensor that is no matrix.
  public func weight(_ name: String) throws(ModelFileError) -> WeightMatrix {
    let (file, record) = try contents.tensor(name)
    guard record.shape.count == 2 else {
      throw ModelFileError(
        .inconsistent, file: file.path, part: .tensor(record.name),
        "has the shape \(record.shape) where a matrix is needed")
    }
    return try matrix(file, record, rows: record.shape[0], columns: record.shape[1])
  }

  /// A norm or bias as floats.
  ///
  /// - Throws: as ``weight(_:)``, for a tensor that is no vector.
  public func vector(_ name: String) throws(ModelFileError) -> [Float] {
    let (file, record) = try contents.tensor(name)
    guard record.shape.count == 1 else {
      throw ModelFileError(
        .inconsistent, file: file.path, part: .tensor(record.name),
        "has the shape \(record.shape) where a vector is needed")
    }
    let matrix = try matrix(file, record, rows: 1, columns: record.shape[0])
    return [Float](unsafeUninitializedCapacity: matrix.columns) { buffer, count in
      matrix.dequantizeRow(0, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<matrix.columns]))
      count = matrix.columns
    }
  }

  /// Gives the memory of a tensor's mapped bytes back; they are read from the file again if they are ever needed.
  func releasePages(of name: String) throws(ModelFileError) {
    let (file, record) = try contents.tensor(name)
    file.releasePages(in: record.range)
  }

  private func matrix(
    _ file: MappedFile, _ record: TensorRecord, rows: Int, columns: Int
  ) throws(ModelFileError) -> WeightMatrix {
    guard let format = record.type.weightFormat else {
      throw ModelFileError(
        .unsupported, file: file.path, part: .tensor(record.name),
        "has the type \(record.type.rawValue), which cannot be multiplied with")
    }
    let storage = WeightStorage(bytes: file.bytes(in: record.range), owner: file)
    do throws(WeightError) {
      return try WeightMatrix(format: format, rows: rows, columns: columns, storage: storage)
    } catch {
      throw ModelFileError(.inconsistent, file: file.path, part: .tensor(record.name), error.description)
    }
  }

  private func requireTensors() throws(ModelFileError) {
    for expected in configuration.expectedTensors where !expected.isOptional || contains(expected.name) {
      let (file, record) = try contents.tensor(expected.name)
      let part = ModelFileError.Part.tensor(record.name)
      guard record.shape == expected.shape else {
        throw ModelFileError(
          .inconsistent, file: file.path, part: part,
          "has the shape \(record.shape) where the configuration asks for \(expected.shape)")
      }
      guard let format = record.type.weightFormat else {
        throw ModelFileError(
          .unsupported, file: file.path, part: part,
          "has the type \(record.type.rawValue), which cannot be multiplied with")
      }
      // Vectors are used as floats; the reference writers never quantize them.
      guard expected.shape.count == 2 || format.isFloat else {
        throw ModelFileError(.unsupported, file: file.path, part: part, "is a vector in the quantized type \(format)")
      }
    }
  }
}

extension TensorType {
  /// The format in which PonderCore multiplies with it; nil for the types it does not.
  public var weightFormat: WeightFormat? { WeightFormat(rawValue: rawValue) }
}
