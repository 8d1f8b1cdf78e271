import Foundation
import OrderedCollections
import PonderModels
import Testing

@Suite struct ModelConfigurationTests {
  private static let base: OrderedDictionary<String, String> = [
    "model_type": #""llama""#, "hidden_size": "8", "num_hidden_layers": "4", "num_attention_heads": "2",
    "num_key_value_heads": "1", "intermediate_size": "12", "vocab_size": "6", "max_position_embeddings": "32",
  ]

  /// The base configuration with members replaced, added or (nil) removed.
  private func read(_ changes: KeyValuePairs<String, String?>, generation: String? = nil) throws -> ModelConfiguration {
    var members = Self.base
    for (key, value) in changes { members[key] = value }
    let folder = try TemporaryFolder()
    let text = members.map { #""\#($0)": \#($1)"# }.joined(separator: ", ")
    let path = try folder.write("config.json", "{\(text)}")
    let generationPath = try generation.map { try folder.write("generation_config.json", $0) }
    return try ModelConfiguration(json: path, generation: generationPath)
  }

  private func error(_ changes: KeyValuePairs<String, String?>) -> ModelFileError? {
    do { _ = try read(changes) } catch { return error as? ModelFileError }
    return nil
  }

  @Test func absentKeysHaveTheDefaultsOfTransformers() throws {
    let llama = try read(["num_key_value_heads": nil, "max_position_embeddings": nil])
    #expect(llama.keyValueHeadCount == 2)
    #expect(llama.headDimension == 4)
    #expect(llama.contextLength == 2048)
    #expect(llama.rmsNormEpsilon == 1e-6)
    #expect(llama.ropeTheta == 10_000)
    #expect(llama.ropeScaling == .none)
    #expect(!llama.tiedEmbeddings && !llama.queryKeyValueBias && !llama.attentionOutputBias && !llama.feedForwardBias)
    #expect(llama.endOfTextTokens == [])
    #expect(llama.attentionWindows == [nil, nil, nil, nil])
    #expect(try read(["model_type": #""qwen3""#]).headDimension == 128)
  }

  @Test func biasesFollowTheArchitecture() throws {
    let llama = try read(["attention_bias": "true", "mlp_bias": "true"])
    #expect(llama.queryKeyValueBias && llama.attentionOutputBias && llama.feedForwardBias)
    let qwen2 = try read(["model_type": #""qwen2""#])
    #expect(qwen2.queryKeyValueBias && !qwen2.attentionOutputBias && !qwen2.queryKeyNormalization)
    #expect(try read(["model_type": #""qwen3""#]).queryKeyNormalization)
  }

  @Test func rotationIsTheSameInBothSpellings() throws {
    let parameters = """
      "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64
      """
    let old = try read([
      "rope_theta": "500000.0", "rope_scaling": #"{"rope_type": "llama3", \#(parameters)}"#,
    ])
    let new = try read(["rope_parameters": #"{"rope_theta": 500000.0, "rope_type": "llama3", \#(parameters)}"#])
    #expect(old == new)
    #expect(
      new.ropeScaling
        == .llama3(factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 64))
    #expect(try read(["rope_scaling": #"{"type": "linear", "factor": 2}"#]).ropeScaling == .linear(factor: 2))
    #expect(try read(["rope_scaling": "null", "rope_theta": "1e6"]).ropeTheta == 1_000_000)
  }

  @Test func llama3ScalingKeepsFastFrequenciesAndStretchesSlowOnes() {
    let scaling = RopeScaling.llama3(
      factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192)
    let plain = RopeScaling.none.frequencies(headDimension: 128, theta: 500_000)
    let scaled = scaling.frequencies(headDimension: 128, theta: 500_000)
    #expect(scaled[0] == 1)
    #expect(abs(scaled[63] * 8 / plain[63] - 1) < 1e-12)
    // Kept where the wavelength 2π·θ^(i/64) is below 8192 / 4: i < 64·ln(2048 / 2π) / ln 500000 = 28.2.
    #expect(plain.indices.first { plain[$0] != scaled[$0] } == 29)
    #expect(zip(scaled, scaled.dropFirst()).allSatisfy { $0 > $1 })
    let divisors = zip(plain, scaled).map { Float($0 / $1) }
    let divided = RopeScaling.divisors(divisors).frequencies(headDimension: 128, theta: 500_000)
    #expect(zip(divided, scaled).allSatisfy { abs($0 / $1 - 1) < 1e-6 })
  }

  /// Chen et al. 2023 (arXiv:2306.15595): position m of a context stretched by s is read as position m / s.
  @Test func linearScalingTurnsEachFrequencySlowerByTheFactor() {
    let plain = RopeScaling.none.frequencies(headDimension: 128, theta: 10_000)
    let scaled = RopeScaling.linear(factor: 4).frequencies(headDimension: 128, theta: 10_000)
    #expect(scaled[0] == 0.25)
    #expect(zip(plain, scaled).allSatisfy { $0 == $1 * 4 })
  }

  @Test func slidingWindowsAreThoseThatTransformersApplies() throws {
    #expect(try read(["model_type": #""mistral""#]).attentionWindows == [4096, 4096, 4096, 4096])
    #expect(
      try read(["model_type": #""mistral""#, "sliding_window": "null"]).attentionWindows == [nil, nil, nil, nil])
    #expect(try read(["sliding_window": "16"]).attentionWindows == [nil, nil, nil, nil])
    #expect(try read(["model_type": #""qwen2""#, "sliding_window": "16"]).attentionWindows == [nil, nil, nil, nil])
    #expect(
      try read([
        "model_type": #""qwen2""#, "sliding_window": "16", "use_sliding_window": "true", "max_window_layers": "3",
      ]).attentionWindows == [nil, nil, nil, 16])
    #expect(
      try read([
        "model_type": #""qwen3""#, "sliding_window": "16", "use_sliding_window": "true",
        "layer_types": #"["sliding_attention", "full_attention", "sliding_attention", "full_attention"]"#,
      ]).attentionWindows == [16, nil, 16, nil])
  }

  @Test func endTokensAreOneOrSeveralAndTheGenerationFileHasPrecedence() throws {
    #expect(try read(["eos_token_id": "3"]).endOfTextTokens == [3])
    #expect(try read(["eos_token_id": "[3, 4]", "bos_token_id": "null"]).endOfTextTokens == [3, 4])
    let both = try read(["eos_token_id": "3", "bos_token_id": "1"], generation: #"{"eos_token_id": [4, 5]}"#)
    #expect(both.endOfTextTokens == [4, 5])
    #expect(both.beginOfTextToken == 1)
    #expect(try read(["pad_token_id": "-1"]).paddingToken == nil)
  }

  @Test func headsComeFromTheClassName() throws {
    #expect(try read(["architectures": #"["LlamaForCausalLM"]"#]).head == .languageModel)
    #expect(
      try read(["architectures": #"["LlamaForSequenceClassification"]"#, "id2label": #"{"0": "good"}"#]).head
        == .sequenceClassification(labels: ["good"]))
    #expect(
      try read(["model_type": #""qwen2""#, "architectures": #"["Qwen2ForTokenClassification"]"#]).head
        == .tokenClassification(labels: ["LABEL_0", "LABEL_1"]))
    let classes: [(String, ModelConfiguration.Head)] = [
      ("Qwen2ForProcessRewardModel", .processReward), ("Qwen2ForRewardModel", .outcomeReward),
      ("Qwen2ForPrmModel", .value),
    ]
    for (name, head) in classes {
      #expect(try read(["model_type": #""qwen2""#, "architectures": "[\"\(name)\"]"]).head == head)
    }
  }

  @Test func absurdAndUnsupportedValuesAreRefusedByKey() {
    let cases: [(KeyValuePairs<String, String?>, String, ModelFileError.Kind)] = [
      (["hidden_size": nil], "hidden_size", .missing),
      (["hidden_size": "0"], "hidden_size", .outOfRange),
      (["hidden_size": "-8"], "hidden_size", .outOfRange),
      (["hidden_size": "1e300"], "hidden_size", .wrongType),
      (["hidden_size": #""8""#], "hidden_size", .wrongType),
      (["num_hidden_layers": "9223372036854775807"], "num_hidden_layers", .outOfRange),
      (["num_attention_heads": "0"], "num_attention_heads", .outOfRange),
      (["num_key_value_heads": "0"], "num_key_value_heads", .outOfRange),
      (["num_attention_heads": "4", "num_key_value_heads": "3"], "num_key_value_heads", .outOfRange),
      (["head_dim": "3"], "head_dim", .outOfRange),
      (["vocab_size": "4294967296"], "vocab_size", .outOfRange),
      (["rms_norm_eps": "-1"], "rms_norm_eps", .outOfRange),
      (["rope_theta": "0"], "rope_theta", .outOfRange),
      (["eos_token_id": "6"], "eos_token_id", .outOfRange),
      (["eos_token_id": #"["a"]"#], "eos_token_id", .wrongType),
      (["model_type": #""gemma""#], "model_type", .unsupported),
      (["architectures": #"["LlamaForSpeech"]"#], "architectures", .unsupported),
      (["architectures": #"["Qwen2ForCausalLM"]"#], "architectures", .inconsistent),
      (["hidden_act": #""gelu""#], "hidden_act", .unsupported),
      (["quantization_config": #"{"bits": 4}"#], "quantization_config", .unsupported),
      (["rope_scaling": #"{"type": "yarn", "factor": 4}"#], "rope_scaling.rope_type", .unsupported),
      (["rope_scaling": #"{"type": "linear"}"#], "rope_scaling.factor", .missing),
      (["rope_scaling": #"{"type": "linear", "factor": 0}"#], "rope_scaling", .outOfRange),
      (["rope_parameters": #"{"full_attention": {}}"#], "rope_parameters", .unsupported),
      (["model_type": #""qwen2""#, "layer_types": #"["full_attention"]"#], "layer_types", .inconsistent),
      (["model_type": #""mistral""#, "sliding_window": "0"], "sliding_window", .outOfRange),
    ]
    for (changes, key, kind) in cases {
      let error = error(changes)
      #expect(error?.kind == kind && error?.part == .key(key), "\(changes): \(String(describing: error))")
    }
  }

  @Test func anUnsupportedArchitectureIsToldWhichOnesAre() {
    #expect(error(["model_type": #""gemma""#])?.detail.hasSuffix("are llama, mistral, qwen2, qwen3") == true)
  }

  // The shared data are not part of the repository.
  @Test(
    .enabled(if: SharedFiles.exist),
    arguments: [
      "llama-3.1-rope", "llama-biases", "llama-gqa-tied", "llama-mha-untied", "llama-outcome-reward", "llama-wide-head",
      "mistral", "mistral-sliding-window", "qwen2", "qwen2-token-reward", "qwen3",
    ])
  func everyReferenceCheckpointOpensWithAllItsTensors(_ name: String) throws {
    let checkpoint = try Checkpoint(SharedFiles.path("models/transformers-reference/" + name))
    try touchEverything(checkpoint)
    #expect(checkpoint.configuration.vocabularySize == 320)
    #expect(checkpoint.configuration.rotaryLayout == .halfSplit)
    #expect(checkpoint.contains("score.weight") == name.hasSuffix("reward"))
    #expect(
      checkpoint.configuration.tiedEmbeddings || checkpoint.contains("lm_head.weight") || name.hasSuffix("reward"))
  }
}
