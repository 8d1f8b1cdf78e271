import PonderCore

/// The keys and values themselves, block by block.
///
/// A block is [layers][kvHeads] panels of 16 positions, each the keys and then the values of one head in the
/// ``CacheFormat``. Blocks get memory at their first use and keep it. Not synchronised: one forward pass at a time,
/// within which threads write disjoint positions.
package final class KVStorage: @unchecked Sendable {
  package struct Shape: Sendable, Hashable {
    package var layers: Int
    package var kvHeads: Int
    package var headDimension: Int
    package var format: CacheFormat

    package init(layers: Int, kvHeads: Int, headDimension: Int, format: CacheFormat = .f32) {
      self.layers = layers
      self.kvHeads = kvHeads
      self.headDimension = headDimension
      self.format = format
    }

    /// Floats where a position takes little memory anyway, half precision elsewhere.
    var usualFormat: CacheFormat { 2 * layers * kvHeads * headDimension * 4 <= 16 << 10 ? .f32 : .f16 }

    var bytesPerPanel: Int { format.bytesPerPanel(dimension: headDimension) }
    package var bytesPerBlock: Int { layers * kvHeads * bytesPerPanel }

    /// Bytes from the beginning of a block to a head's panel.
    package func panelOffset(layer: Int, head: Int) -> Int { (layer * kvHeads + head) * bytesPerPanel }
  }

  package let shape: Shape
  private var blocks: [UnsafeMutableRawPointer?] = []

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
        let memory = UnsafeMutableRawPointer.allocate(byteCount: shape.bytesPerBlock, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: shape.bytesPerBlock)
        blocks[id] = memory
      }
    }
  }

  /// Panels of all layers and heads, as ``Shape/panelOffset(layer:head:)`` says.
  package func memory(of block: KVBlockPool.Block) -> UnsafeMutableRawPointer {
    guard block < blocks.count, let memory = blocks[block] else { preconditionFailure("block \(block) has no memory") }
    return memory
  }

  /// Copies a block, all layers and heads. What lies behind the positions that count is never read.
  package func copy(_ copy: BlockCopy) {
    prepare([copy.source, copy.destination])
    memory(of: copy.destination).copyMemory(from: memory(of: copy.source), byteCount: shape.bytesPerBlock)
  }

  /// Bytes that have been allocated for blocks so far.
  package var allocatedBytes: Int { blocks.count { $0 != nil } * shape.bytesPerBlock }
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
