import Foundation

/// Which files a path means: a folder, a `.gguf`, a `.safetensors` beside its `config.json`, or an index.
struct CheckpointFiles {
  enum Weights {
    case gguf(path: String)
    case safetensors(path: String)
    case index(path: String)

    var path: String {
      switch self {
      case .gguf(let path), .safetensors(let path), .index(let path): path
      }
    }
  }

  let weights: Weights
  /// Where configuration and tokenizer lie.
  let folder: String

  static let indexName = "model.safetensors.index.json"

  /// - Throws: `.notFound` when there is nothing at the path or no model in the folder, `.unknownFormat` for a file of
  ///   another kind.
  init(_ path: String) throws(ModelFileError) {
    var isFolder: ObjCBool = false
    guard !path.isEmpty, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ModelFileError(.notFound, file: path, "does not exist")
    }
    folder = isFolder.boolValue ? path : path.deletingLastPathComponent
    weights =
      isFolder.boolValue || path.lastPathComponent == "config.json"
      ? try Self.weights(inFolder: folder) : try Self.weights(inFile: path)
  }

  /// A file of the folder by name, if it is there.
  func path(of name: String) -> String? {
    let path = folder.appendingPathComponent(name)
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  private static func weights(inFolder folder: String) throws(ModelFileError) -> Weights {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ModelFileError(.unreadable, file: folder, "cannot be listed: \(error.localizedDescription)")
    }
    let inFolder = { (name: String) in folder.appendingPathComponent(name) }
    if names.contains("model.safetensors") { return .safetensors(path: inFolder("model.safetensors")) }
    if names.contains(indexName) { return .index(path: inFolder(indexName)) }
    for (kind, make) in [
      (".safetensors.index.json", Weights.index(path:)), (".safetensors", Weights.safetensors(path:)),
      (".gguf", Weights.gguf(path:)),
    ] {
      let matching = names.filter { $0.hasSuffix(kind) }
      if matching.count == 1 { return make(inFolder(matching[0])) }
      if matching.count > 1 {
        let list = matching.prefix(8).joined(separator: ", ")
        throw ModelFileError(
          .inconsistent, file: folder, "holds \(matching.count) files *\(kind) (\(list)); name the one that is meant")
      }
    }
    throw ModelFileError(.notFound, file: folder, "holds no model.safetensors, index or .gguf file")
  }

  private static func weights(inFile path: String) throws(ModelFileError) -> Weights {
    let name = path.lastPathComponent
    if name.hasSuffix(".index.json") { return .index(path: path) }
    let file = try MappedFile(path)
    if file.bytes.starts(with: GGUFFile.magic) || name.hasSuffix(".gguf") { return .gguf(path: path) }
    if name.hasSuffix(".safetensors") || (file.count > 8 && file.bytes[8] == UInt8(ascii: "{")) {
      // One shard is not a model; the index beside it is.
      let index = path.deletingLastPathComponent.appendingPathComponent(indexName)
      let isShard = name.contains("-of-") && FileManager.default.fileExists(atPath: index)
      return isShard ? .index(path: index) : .safetensors(path: path)
    }
    if name.hasSuffix(".json") { return .index(path: path) }
    throw ModelFileError(.unknownFormat, file: path, "is neither GGUF nor safetensors")
  }
}
