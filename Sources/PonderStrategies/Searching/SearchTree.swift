import PonderAnswers
import PonderGeneration

/// The nodes of a step search and the calls that make them.
struct SearchTree {
  struct Node {
    var candidate: Candidate
    var seed: Seed
    /// Children that were asked for: the next one's place among its siblings, which its seed derives from.
    var children = 0
    var tokensLeft: Int
    var isDuplicate = false
  }

  let problem: Problem
  let stage: RunContext
  let settings: SearchSettings
  let rewardModel: any ProcessRewardModel
  private(set) var nodes: [Node] = []
  private(set) var stop = Stop.finished
  private var rootChildren = 0
  private var isInner: Set<Int> = []

  init(problem: Problem, stage: RunContext, settings: SearchSettings, rewardModel: any ProcessRewardModel) {
    self.problem = problem
    self.stage = stage
    self.settings = settings
    self.rewardModel = rewardModel
  }

  /// Samples one step for each expansion, merges what is equal, scores what is new.
  mutating func grow(_ expansions: [Expansion]) async -> [Observation] {
    let first = nodes.count
    let prompt = stage.prompt(for: problem)
    var requests: [GenerationRequest] = []
    for expansion in expansions {
      let parent = expansion.parent.map { nodes[$0] }
      let seed = (parent?.seed ?? stage.seed).derived(parent?.children ?? rootChildren)
      if let place = expansion.parent { nodes[place].children += 1 } else { rootChildren += 1 }
      let left = parent?.tokensLeft ?? settings.maximumTokens
      requests.append(
        GenerationRequest(
          prompt, continuation: parent?.candidate.continuation ?? .empty, sampling: settings.sampling,
          maximumTokens: max(expansion.runsToEnd ? left : min(left, settings.maximumStepTokens), 1),
          stops: expansion.runsToEnd ? [] : [.step(settings.delimiter)], seed: seed))
      nodes.append(
        Node(
          candidate: Candidate(
            id: Candidate.ID(path: stage.path, number: nodes.count), parent: parent?.candidate.id,
            steps: parent?.candidate.steps ?? [], ending: .open,
            continuation: parent?.candidate.continuation ?? .empty, score: parent?.candidate.score,
            tokens: parent?.candidate.tokens ?? []),
          seed: seed, tokensLeft: left))
    }
    let results = await stage.generate(requests)
    var statuses: [Observation.Status] = []
    for (index, result) in results.enumerated() {
      statuses.append(receive(result, as: first + index, runsToEnd: expansions[index].runsToEnd))
    }
    merge(from: first, &statuses)
    await score(statuses.indices.filter { statuses[$0] == .open || statuses[$0] == .finished }.map { first + $0 })
    return statuses.indices.map {
      Observation(node: first + $0, status: statuses[$0], score: nodes[first + $0].candidate.score)
    }
  }

  /// Puts a policy's decisions into the trace.
  mutating func note(_ decisions: [SearchDecision]) {
    for decision in decisions {
      switch decision {
      case .expand(let node, let children): stage.emit(.expanded(id: id(node), children: children))
      case .prune(let pruned): stage.emit(.pruned(pruned.map(id)))
      case .resample(let kept):
        stage.emit(.resampled(kept.map(id)))
        var copies: [Int: Int] = [:]
        for node in kept { copies[node, default: 0] += 1 }
        // A finished path that was drawn several times votes as often.
        for (node, count) in copies where nodes[node].candidate.isComplete {
          nodes[node].candidate.multiplicity = count
        }
      }
    }
  }

  /// Finished paths by score, then the tips of those that were left.
  var outcome: Outcome {
    var outcome = Outcome(candidates: [], stop: stop)
    let leaves = nodes.indices.filter {
      !isInner.contains($0) && !nodes[$0].isDuplicate && !nodes[$0].candidate.steps.isEmpty
    }
    let sorted = leaves.sorted { a, b in
      let (x, y) = (nodes[a].candidate, nodes[b].candidate)
      if x.isComplete != y.isComplete { return x.isComplete }
      let (s, t) = (x.score ?? -1, y.score ?? -1)
      return s == t ? a < b : s > t
    }
    outcome.candidates = sorted.map { nodes[$0].candidate }
    outcome.selected = outcome.candidates.first { $0.isComplete }
    if outcome.candidates.isEmpty, stop == .finished { outcome.stop = .failed(.other("the search found no path")) }
    return outcome
  }

  private func id(_ node: Int) -> Candidate.ID { Candidate.ID(path: stage.path, number: node) }

  private mutating func receive(
    _ result: Result<Generated, StrategyFailure>, as node: Int, runsToEnd: Bool
  ) -> Observation.Status {
    guard case .success(let generated) = result else {
      if case .failure(let failure) = result {
        stage.emit(.failed(id: id(node), failure))
        if Stop(failure) != .failed(failure) { stop = stop.followed(by: Stop(failure)) }
      }
      nodes[node].isDuplicate = true
      return .dead
    }
    let completion = generated.completion
    if let parent = nodes[node].candidate.parent { isInner.insert(parent.number) }
    var candidate = nodes[node].candidate
    candidate.continuation = completion.continuation
    candidate.tokens += completion.tokens
    if runsToEnd {
      candidate.steps += Step.split(completion.text, at: settings.delimiter)
    } else if completion.text.allSatisfy(\.isWhitespace), let last = candidate.steps.indices.last {
      candidate.steps[last].text += completion.text
    } else if !completion.text.isEmpty {
      candidate.steps.append(Step(completion.text))
    }
    nodes[node].tokensLeft -= completion.usage.generatedTokens
    candidate.ending = generated.ending
    if case .stop = generated.ending { candidate.ending = .open }
    if candidate.ending == .open || candidate.ending == .endOfText,
      settings.answer?.extractor.extract(from: completion.text) != nil
    {
      candidate.ending = .answered
    }
    if candidate.ending == .open, nodes[node].tokensLeft < 1 { candidate.ending = .length }
    if candidate.ending == .budget { stop = stop.followed(by: .outOfBudget(.tokens)) }
    if candidate.ending == .cancelled { stop = stop.followed(by: Stop(stage.interruption)) }
    nodes[node].candidate = candidate
    stage.emit(.step(id: candidate.id, parent: candidate.parent, text: completion.text, ending: candidate.ending))
    return candidate.ending == .open ? .open : candidate.isComplete ? .finished : .dead
  }

  /// Exactly equal paths are one node that counts for several.
  private mutating func merge(from first: Int, _ statuses: inout [Observation.Status]) {
    var seen: [String: Int] = [:]
    for index in statuses.indices where statuses[index] == .open || statuses[index] == .finished {
      let node = first + index
      let parent = nodes[node].candidate.parent?.number
      // All that is new behind the parent: a path that ran to its end has several new steps.
      let known = parent.map { nodes[$0].candidate.steps.count } ?? 0
      let new = nodes[node].candidate.steps[max(known - 1, 0)...].map(\.text).joined()
      let key = "\(parent ?? -1)\u{0}\(statuses[index] == .open ? "o" : "f")\u{0}\(new)"
      guard let twin = seen[key] else {
        seen[key] = node
        continue
      }
      nodes[twin].candidate.multiplicity += 1
      nodes[node].isDuplicate = true
      statuses[index] = .duplicate(of: twin)
    }
  }

  private mutating func score(_ fresh: [Int]) async {
    guard !fresh.isEmpty else { return }
    var paths = fresh.map { nodes[$0].candidate }
    if settings.lookahead > 0 { await lookAhead(&paths) }
    let results = await stage.scoreSteps(of: paths, of: problem, by: rewardModel)
    var failure: StrategyFailure?
    var succeeded = false
    for (index, node) in fresh.enumerated() {
      switch results[index] {
      case .success(let new):
        succeeded = true
        let known = paths[index].steps.compactMap(\.score)
        let score = settings.reduction(known + new) ?? 0
        nodes[node].candidate.score = score
        if settings.lookahead == 0 {
          for (step, value) in zip(nodes[node].candidate.steps.indices.dropFirst(known.count), new) {
            nodes[node].candidate.steps[step].score = value
          }
        }
        stage.emit(.scored(id: id(node), score: score))
      case .failure(let reason):
        nodes[node].candidate.score = nil
        failure = failure ?? reason
        stage.emit(.failed(id: id(node), reason))
      }
    }
    if let failure, !succeeded || Stop(failure) != .failed(failure) { stop = stop.followed(by: Stop(failure)) }
  }

  /// Goes on greedily from each open path, so many steps, for its score alone.
  private func lookAhead(_ paths: inout [Candidate]) async {
    let prompt = stage.prompt(for: problem)
    let rollout = stage.stage("lookahead")
    var failed: Set<Int> = []
    for _ in 0..<settings.lookahead {
      let open = paths.indices.filter { paths[$0].ending == .open && !failed.contains($0) }
      guard !open.isEmpty else { return }
      let results = await rollout.generate(
        open.map { index in
          GenerationRequest(
            prompt, continuation: paths[index].continuation, sampling: .greedy,
            maximumTokens: settings.maximumStepTokens, stops: [.step(settings.delimiter)], seed: rollout.seed)
        })
      for (place, index) in open.enumerated() {
        let generated: Generated
        switch results[place] {
        case .success(let success): generated = success
        case .failure(let failure):
          // Scored as far as it came.
          rollout.emit(.failed(id: paths[index].id, failure))
          failed.insert(index)
          continue
        }
        paths[index].continuation = generated.completion.continuation
        if !generated.completion.text.allSatisfy(\.isWhitespace) {
          paths[index].steps.append(Step(generated.completion.text))
        }
        if case .stop = generated.ending { continue }
        paths[index].ending = generated.ending
      }
    }
  }
}
