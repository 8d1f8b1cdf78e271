/// The indices of the `k` largest logits, the largest first, the lower index first among equals.
///
/// One pass with an insertion into the best so far: for k far below the vocabulary, as it is in use, nearly every
/// logit costs one comparison.
package func topTokens(_ k: Int, of logits: UnsafeMutableBufferPointer<Float>) -> [Int] {
  let k = min(k, logits.count)
  guard k > 0 else { return [] }
  guard k <= 1024 else {
    return Array(
      logits.indices.sorted { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }.prefix(k))
  }
  var best: [Int] = []
  best.reserveCapacity(k + 1)
  for index in logits.indices {
    let logit = logits[index]
    if best.count == k && !(logit > logits[best[k - 1]]) { continue }
    var (low, high) = (0, best.count)
    while low < high {
      let middle = (low + high) / 2
      if logits[best[middle]] >= logit { low = middle + 1 } else { high = middle }
    }
    best.insert(index, at: low)
    if best.count > k { best.removeLast() }
  }
  return best
}
