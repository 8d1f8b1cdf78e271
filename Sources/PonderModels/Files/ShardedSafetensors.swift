import OrderedCollections

/// Several safetensors files that an index ties together, or a single one: all tensors of a checkpoint by name.
///
/// The index (`model.safetensors.index.json`) maps every tensor to its shard under `weight_map`. It is believed in
/// nothing: shard names must be plain file names of the same folder, and each shard must hold exactly the tensors that
/// the index says it holds.
public struct ShardedSafetensors: Sendable {
  /// The shards by file name, in order of first mention.
  public let shards: OrderedDictionary<String, SafetensorsFile>
  private let shardOfTensor: OrderedDictionary<String, Int>

  /// No checkpoint has more parts; each part is a mapping, of which a process can hold some 65,000.
  public static let maximumShards = 4096

  /// A single file.
  public init(_ file: SafetensorsFile) {
    shards = [file.file.path.lastPathComponent: file]
    shardOfTensor = OrderedDictionary(uniqueKeysWithValues: file.tensors.keys.map { ($0, 0) })
  }

  /// All shards that the index at `path` names.
  ///
  /// - Throws: as ``SafetensorsFile/init(_:)-(String)`` for each shard; `.missing` for a tensor that its shard lacks,
  ///   `.inconsistent` for one that the index does not place there, `.outOfRange` for a name that leaves the folder.
  public init(index path: String) throws(ModelFileError) {
    let index = try JSONParser.parse(contentsOf: path)
    guard case .object(let map)? = index[key: "weight_map"] else {
      throw ModelFileError(
        .missing, file: path, part: .key("weight_map"), "is not an object that maps tensors to files")
    }
    var shards = OrderedDictionary<String, SafetensorsFile>()
    var shardOfTensor = OrderedDictionary<String, Int>(minimumCapacity: map.count)
    for (tensor, value) in map {
      let name = try Self.plainFileName(value, of: tensor, in: path)
      if shards[name] == nil {
        guard shards.count < Self.maximumShards else {
          throw ModelFileError(.tooLarge, file: path, "names more than \(Self.maximumShards) shards")
        }
        shards[name] = try SafetensorsFile(path.deletingLastPathComponent.appendingPathComponent(name))
      }
      let number = shards.index(forKey: name) ?? 0
      guard shards.elements[number].value.tensors[tensor] != nil else {
        throw ModelFileError(
          .missing, file: path, part: .tensor(tensor), "is not in \(name), where the index places it")
      }
      shardOfTensor[tensor] = number
    }
    for (number, (name, shard)) in shards.elements.enumerated() {
      for tensor in shard.tensors.keys where shardOfTensor[tensor] != number {
        throw ModelFileError(
          .inconsistent, file: path, part: .tensor(tensor), "is in \(name), where the index does not place it")
      }
    }
    self.shards = shards
    self.shardOfTensor = shardOfTensor
  }

  /// The names of all tensors, in the order of the index or the header.
  public var tensorNames: [String] { Array(shardOfTensor.keys) }

  /// A tensor's record and the file it is in.
  public subscript(name: String) -> (file: MappedFile, record: TensorRecord)? {
    guard let number = shardOfTensor[name] else { return nil }
    let shard = shards.elements[number].value
    return shard.tensors[name].map { (shard.file, $0) }
  }

  private static func plainFileName(
    _ value: JSONValue, of tensor: String, in path: String
  ) throws(ModelFileError) -> String {
    guard let name = value.string else {
      throw ModelFileError(.wrongType, file: path, part: .tensor(tensor), "has \(value.typeName) for its file name")
    }
    let forbidden = name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0 == "\0" }
    guard !forbidden, !name.isEmpty, name != ".", name != ".." else {
      throw ModelFileError(
        .outOfRange, file: path, part: .tensor(tensor),
        "is said to be in \(name.quotedForMessage), not a plain file name")
    }
    return name
  }
}
