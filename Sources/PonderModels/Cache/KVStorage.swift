/// The keys and values themselves, in 32-bit floats, block by block.
///
/// A block is [layers][keys, values][kvHeads][16 positions][head dimension]. Blocks get memory at their first use and
/// keep it. Not synchronised: one forward pass at a time, within which threads write disjoint positions.
package final class KVStorage: @unchecked Sendable {
  package struct Shape: Sendable, Hashable {
    package var layers: Int
    package var kvHeads: Int
    package var headDimension: Int

    package init(layers: Int, kvHeads: Int, headDimension: Int) {
      self.layers = layers
      self.kvHeads = kvHeads
      self.headDimension = headDimension
    }

    /// Floats of one head's keys in one block.
    var headStride: Int { KVBlockPool.tokensPerBlock * headDimension }
    /// Floats of one layer's keys in one block.
    var layerStride: Int { kvHeads * headStride }
    var blockFloats: Int { layers * 2 * layerStride }
    package var bytesPerBlock: Int { blockFloats * MemoryLayout<Float>.stride }
  }

  package let shape: Shape
  private var blocks: [UnsafeMutablePointer<Float>?] = []

  package init(shape: Shape) {
    self.shape = shape
  }

  deinit {
    for block in blocks { block?.deallocate() }
  }

  /// Gives memory to blocks that have none yet. Before threads share the storage.
  package func prepare(_ ids: [KVBlockPool.Block]) {
    for id in ids {
      if id >= blocks.count { blocks.append(contentsOf: repeatElement(nil, count: id + 1 - blocks.count)) }
      if blocks[id] == nil {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: shape.blockFloats)
        memory.initialize(repeating: 0, count: shape.blockFloats)
        blocks[id] = memory
      }
    }
  }

  /// K [16, head dimension] of one head.
  package func keys(_ block: KVBlockPool.Block, layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
    memory(of: block) + (2 * layer * shape.layerStride + head * shape.headStride)
  }

  /// V [16, head dimension] of one head.
  package func values(_ block: KVBlockPool.Block, layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
    memory(of: block) + ((2 * layer + 1) * shape.layerStride + head * shape.headStride)
  }

  /// Copies the first `count` positions of a block, all layers and heads.
  package func copy(_ copy: BlockCopy) {
    prepare([copy.source, copy.destination])
    let (source, destination) = (memory(of: copy.source), memory(of: copy.destination))
    for head in 0..<(shape.layers * 2 * shape.kvHeads) {
      (destination + head * shape.headStride).update(
        from: source + head * shape.headStride, count: copy.count * shape.headDimension)
    }
  }

  private func memory(of block: KVBlockPool.Block) -> UnsafeMutablePointer<Float> {
    guard let memory = blocks[block] else { preconditionFailure("block \(block) has no memory") }
    return memory
  }
}

/// The first `count` positions of one block are to be copied to another.
package struct BlockCopy: Sendable, Hashable {
  package var source: KVBlockPool.Block
  package var destination: KVBlockPool.Block
  package var count: Int

  package init(source: KVBlockPool.Block, destination: KVBlockPool.Block, count: Int) {
    self.source = source
    self.destination = destination
    self.count = count
  }
}
