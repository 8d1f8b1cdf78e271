import ArgumentParser
import Foundation
import PonderCore
import PonderGeneration
import PonderModels

/// Which checkpoint is measured, and how it is run.
struct ModelOptions: ParsableArguments {
  @Option(help: "A model's shape: \(ModelShape.all.map(\.name).joined(separator: ", ")).")
  var shape = "smollm2-135m"

  @Option(help: "How its matrices are stored: \(CheckpointFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = CheckpointFormat.q8_0

  @Option(help: "Where random checkpoints are kept.")
  var folder = FileManager.default.temporaryDirectory.appending(path: "ponder-bench").path(percentEncoded: false)

  @Option(help: "Measure this checkpoint instead of a random one.")
  var model: String?

  @Option(help: "The weights' and all prompts'.")
  var seed: UInt64 = 1

  @Option(help: "What becomes of float weights at load: asStored, int8 or int4.")
  var weights = WeightPacking.asStored

  @Option(help: "Who multiplies float weights: kernels or openBLAS.")
  var backend = MatrixBackend.kernels

  @Option(help: "How keys and values are stored: f32, f16 or int8; the model's choice by default.")
  var cache: CacheFormat?

  @Option(help: "Threads of a forward pass.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard ModelShape.named(shape) != nil else { throw ValidationError("there is no shape \(shape)") }
    guard threads >= 1 else { throw ValidationError("--threads must be at least 1") }
  }

  /// The checkpoint's file or folder; a random one is written if it is not there.
  func location() throws -> URL {
    if let model { return URL(filePath: model) }
    guard let shape = ModelShape.named(shape) else { throw ValidationError("there is no shape \(shape)") }
    return try RandomCheckpoint(shape: shape, format: format, seed: seed).file(in: URL(filePath: folder))
  }

  func workbench() async throws -> Workbench {
    let location = try location()
    var options = LocalModel.Options()
    options.threads = threads
    options.weights = weights
    options.backend = backend
    options.cacheFormat = cache
    let load: @Sendable () async throws -> LocalModel = { [options] in
      try await LocalModel.load(from: location, options: options)
    }
    return Workbench(model: try await load(), seed: Seed(seed), reload: load)
  }
}

extension CacheFormat: ExpressibleByArgument {}
extension WeightPacking: ExpressibleByArgument {}
extension MatrixBackend: ExpressibleByArgument {}
