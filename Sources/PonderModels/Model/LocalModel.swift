import Dispatch
import Foundation
import OrderedCollections
import PonderCore
import PonderGeneration

/// A checkpoint that runs in this process, on the CPU.
///
/// Requests of all callers share one engine: they run in common batches, and no prefix is computed twice while the
/// cache holds it. The same request with the same seed gives the same tokens and log-probabilities, bit for bit,
/// whatever else runs, however many threads there are, and whatever the cache holds.
///
/// ```swift
/// let model = try await LocalModel.load(from: URL(filePath: "Examples/Models/arithmetic-0.8M"))
/// let answer = try await model.completion(for: GenerationRequest(.chat("What is 17 + 25?"), seed: 1))
/// ```
public final class LocalModel: Sendable {
  /// How a model is to run.
  public struct Options: Sendable {
    /// Threads of a forward pass, ≥ 1.
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// Memory for keys and values at most, in bytes; cached prefixes make use of all of it.
    public var cacheBytes = Int(min(2 << 30, ProcessInfo.processInfo.physicalMemory / 4))
    /// How keys and values are stored. `nil` is `.f32` where a position takes no more than 16 KiB in it, as in models of a
    /// few million parameters, and `.f16` in all larger ones; `.int8` halves that again.
    public var cacheFormat: CacheFormat?
    /// Tokens of a sequence at most, ≥ 2; `nil` is what the checkpoint says.
    public var contextLength: Int?
    /// What becomes of weights in F32, F16 or BF16: kept, or rounded to 8 or 4 bits at load (the output matrix
    /// to 8 at least). Quantized weights always keep the integers of the file.
    public var weights = WeightPacking.asStored
    /// Who multiplies weights that stay floats. `.openBLAS` is exempt from the promise of the same bits.
    public var backend = MatrixBackend.kernels
    /// The chat template, where the checkpoint has none or an unknown one.
    public var chatTemplate: ChatTemplate?
    /// What the model is called; `nil` is the name of its file or folder.
    public var name: String?

    /// The defaults.
    public init() {}
  }

  /// Its name, its fingerprint and what it can do.
  public let description: ModelDescription
  /// The shape of the model.
  public let configuration: ModelConfiguration
  /// `nil` for a checkpoint without one, which can only score tokens.
  public let tokenizer: Tokenizer?
  let chatTemplate: Result<ChatTemplate, ChatTemplateError>
  /// How keys and values are stored. Results are the same bit for bit within one format.
  public let cacheFormat: CacheFormat
  package let transformer: Transformer
  package let engine: Engine

  /// Loads a checkpoint: a folder with `config.json` and safetensors, or a GGUF file.
  ///
  /// Float weights stay in the mapped files; quantized ones are packed for the fast kernels, one tensor at a time, so
  /// never more than one is in memory twice. Throws ``ModelLoadingError``, which names the file and what is wrong.
  public static func load(
    from location: URL, options: Options = Options()
  ) async throws(ModelLoadingError) -> LocalModel {
    // Reading files blocks, so it leaves Swift's cooperative threads alone.
    let result = await withCheckedContinuation { continuation in
      DispatchQueue.global(qos: .userInitiated).async {
        continuation.resume(
          returning: Result { () throws(ModelLoadingError) in try LocalModel(location, options, Scheduler.Limits()) })
      }
    }
    return try result.get()
  }

  package init(
    _ location: URL, _ options: Options, _ limits: Scheduler.Limits
  ) throws(ModelLoadingError) {
    guard options.threads >= 1 else { throw .option("threads is \(options.threads), must be ≥ 1") }
    guard options.contextLength.map({ $0 >= 2 }) ?? true else {
      throw .option("contextLength is \(options.contextLength ?? 0), must be ≥ 2")
    }
    let path = location.path(percentEncoded: false)
    let checkpoint: Checkpoint
    let fingerprint: Fingerprint
    do throws(ModelFileError) {
      checkpoint = try Checkpoint(path)
      transformer = try Transformer(
        checkpoint, threads: options.threads, weights: options.weights, backend: options.backend)
    } catch {
      throw .file(error)
    }
    do throws(TokenizerError) {
      tokenizer = checkpoint.tokenizer.hasVocabulary ? try Tokenizer.load(from: checkpoint) : nil
    } catch {
      throw .tokenizer(error)
    }
    do throws(ModelFileError) {
      cacheFormat = options.cacheFormat ?? transformer.cacheShape.usualFormat
      fingerprint = try Fingerprint(checkpoint, tokenizer, options.weights, cacheFormat)
    } catch {
      throw .file(error)
    }
    configuration = checkpoint.configuration
    chatTemplate = Self.chatTemplate(of: checkpoint, tokenizer, options)
    engine = Engine(
      model: transformer, cacheBytes: options.cacheBytes, cacheFormat: cacheFormat, limits: limits)
    description = ModelDescription(
      name: options.name ?? Self.name(of: location), fingerprint: fingerprint.text,
      parameterCount: transformer.multipliedParameters(of: checkpoint),
      contextLength: options.contextLength ?? configuration.contextLength,
      vocabularySize: configuration.vocabularySize,
      capabilities: transformer.capabilities(hasTokenizer: tokenizer != nil), head: configuration.head.description)
  }

  /// The folder's name, or the file's without its extension.
  private static func name(of location: URL) -> String {
    let isFile = ["gguf", "safetensors", "json"].contains(location.pathExtension)
    return (isFile ? location.deletingPathExtension() : location).lastPathComponent
  }

  private static func chatTemplate(
    of checkpoint: Checkpoint, _ tokenizer: Tokenizer?, _ options: Options
  ) -> Result<ChatTemplate, ChatTemplateError> {
    if let template = options.chatTemplate { return .success(template) }
    guard let tokenizer else { return .failure(.missingTemplate) }
    return Result { () throws(ChatTemplateError) in
      try ChatTemplate.load(from: checkpoint, tokenizer: tokenizer)
    }
  }
}

extension TokenizerSource {
  fileprivate var hasVocabulary: Bool {
    switch self {
    case .gguf(let metadata): metadata["tokenizer.ggml.model"] != nil
    case .files(let files): files.hasVocabulary
    }
  }
}

extension ModelConfiguration.Head {
  /// As the seam describes it.
  fileprivate var description: ModelHead? {
    switch self {
    case .languageModel: nil
    case .sequenceClassification(let labels): .sequence(outputs: labels.count)
    case .outcomeReward: .sequence(outputs: 1)
    case .tokenClassification(let labels): .token(outputs: labels.count)
    case .processReward: .token(outputs: 2)
    case .value: .value
    }
  }
}

extension Transformer {
  /// Parameters that a token is multiplied with: all but an embedding that is only looked up, and an output matrix that
  /// a reward model kept without using it.
  fileprivate func multipliedParameters(of checkpoint: Checkpoint) -> Int {
    let isLookedUpOnly = output == nil || !configuration.tiedEmbeddings
    let unused = output == nil ? checkpoint.tensors["lm_head.weight"]?.elementCount ?? 0 : 0
    return checkpoint.parameterCount - (isLookedUpOnly ? embedding.rows * embedding.columns : 0) - unused
  }

  fileprivate func capabilities(hasTokenizer: Bool) -> ModelCapabilities {
    var capabilities: ModelCapabilities = [.hiddenStates, .continuations, .seeds]
    if hasTokenizer { capabilities.insert(.tokens) }
    if output != nil { capabilities.formUnion([.logProbabilities, .logitBias, .tokenScores]) }
    if head != nil { capabilities.insert(.head) }
    return capabilities
  }
}
