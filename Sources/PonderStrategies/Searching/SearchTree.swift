import PonderAnswers
import PonderGeneration

/// The nodes of a step search and the calls that make them.
///
/// A node's path shares steps, tokens and continuation with its parent's: a step costs the same wherever in a path it stands.
struct SearchTree {
  struct Node {
    var candidate: Candidate
    var seed: Seed
    /// Children that were asked for: the next one's place among its siblings, which its seed derives from.
    var children = 0
    var tokensLeft: Int
    /// The scores of its path's steps, reduced; of those that have one.
    var stepScores: StepScoreReduction.Running
    var isDuplicate = false
    /// Whether a path goes on from it.
    var isInner = false
  }

  let problem: Problem
  let stage: RunContext
  let settings: SearchSettings
  let rewardModel: any ProcessRewardModel
  private(set) var nodes: [Node] = []
  private(set) var stop = Stop.finished
  private let prompt: Prompt
  private let stepEnd: [GenerationRequest.Stop]
  /// Before the first step.
  private var root: Node

  init(problem: Problem, stage: RunContext, settings: SearchSettings, rewardModel: any ProcessRewardModel) {
    self.problem = problem
    self.stage = stage
    self.settings = settings
    self.rewardModel = rewardModel
    prompt = stage.prompt(for: problem)
    stepEnd = [.step(settings.delimiter)]
    root = Node(
      candidate: Candidate(id: Candidate.ID(path: stage.path, number: -1), steps: [], ending: .open), seed: stage.seed,
      tokensLeft: settings.maximumTokens, stepScores: StepScoreReduction.Running(settings.reduction))
  }

  /// Samples one step for each expansion, merges what is equal, scores what is new.
  mutating func grow(_ expansions: [Expansion]) async -> [Observation] {
    let first = nodes.count
    let requests = expansions.map { add($0) }
    let results = await stage.generate(requests)
    var statuses: [Observation.Status] = []
    var texts: [String] = []
    for (index, result) in results.enumerated() {
      let node = first + index
      switch result {
      case .success(let generated):
        statuses.append(receive(generated, as: node, runsToEnd: expansions[index].runsToEnd))
        texts.append(generated.completion.text)
      case .failure(let failure):
        statuses.append(fail(failure, node))
        texts.append("")
      }
    }
    merge(texts, from: first, &statuses)
    await score(statuses.indices.filter { statuses[$0] == .open || statuses[$0] == .finished }.map { first + $0 })
    return statuses.indices.map {
      Observation(node: first + $0, status: statuses[$0], score: nodes[first + $0].candidate.score)
    }
  }

  /// Adds a node that is where its parent is, and gives the request that takes it further.
  private mutating func add(_ expansion: Expansion) -> GenerationRequest {
    var node = expansion.parent.map { nodes[$0] } ?? root
    if let parent = expansion.parent { nodes[parent].children += 1 } else { root.children += 1 }
    node.seed = node.seed.derived(node.children)
    (node.children, node.isInner, node.isDuplicate) = (0, false, false)
    node.candidate.parent = expansion.parent.map(id)
    node.candidate.id = id(nodes.count)
    node.candidate.ending = .open
    node.candidate.multiplicity = 1
    nodes.append(node)
    let limit = expansion.runsToEnd ? node.tokensLeft : min(node.tokensLeft, settings.maximumStepTokens)
    return GenerationRequest(
      prompt, continuation: node.candidate.continuation, sampling: settings.sampling, maximumTokens: max(limit, 1),
      stops: expansion.runsToEnd ? [] : stepEnd, seed: node.seed)
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
    let leaves = nodes.indices.filter { place in
      !nodes[place].isInner && !nodes[place].isDuplicate && !nodes[place].candidate.stepTrail.isEmpty
    }
    let sorted = leaves.map { place in
      (place: place, isComplete: nodes[place].candidate.isComplete, score: nodes[place].candidate.score ?? -1)
    }.sorted { a, b in
      if a.isComplete != b.isComplete { return a.isComplete }
      return a.score == b.score ? a.place < b.place : a.score > b.score
    }
    outcome.candidates = sorted.map { nodes[$0.place].candidate }
    outcome.selected = outcome.candidates.first { $0.isComplete }
    if outcome.candidates.isEmpty, stop == .finished { outcome.stop = .failed(.other("the search found no path")) }
    return outcome
  }

  private func id(_ node: Int) -> Candidate.ID { Candidate.ID(path: stage.path, number: node) }

  private mutating func fail(_ failure: StrategyFailure, _ node: Int) -> Observation.Status {
    stage.emit(.failed(id: id(node), failure))
    if Stop(failure) != .failed(failure) { stop = stop.followed(by: Stop(failure)) }
    nodes[node].isDuplicate = true
    return .dead
  }

  private mutating func receive(_ generated: Generated, as node: Int, runsToEnd: Bool) -> Observation.Status {
    let completion = generated.completion
    if let parent = nodes[node].candidate.parent { nodes[parent.number].isInner = true }
    nodes[node].tokensLeft -= completion.usage.generatedTokens
    nodes[node].candidate.goOn(with: completion, runsToEnd: runsToEnd, delimiter: settings.delimiter)
    let ending = ending(of: generated, tokensLeft: nodes[node].tokensLeft)
    nodes[node].candidate.ending = ending
    if ending == .budget { stop = stop.followed(by: .outOfBudget(.tokens)) }
    if ending == .cancelled { stop = stop.followed(by: Stop(stage.interruption)) }
    stage.emit(.step(id: id(node), parent: nodes[node].candidate.parent, text: completion.text, ending: ending))
    return ending == .open ? .open : nodes[node].candidate.isComplete ? .finished : .dead
  }

  private func ending(of generated: Generated, tokensLeft: Int) -> Candidate.Ending {
    var ending = generated.ending
    if case .stop = ending { ending = .open }
    guard ending == .open || ending == .endOfText else { return ending }
    if settings.answer?.extractor.extract(from: generated.completion.text) != nil { return .answered }
    return ending == .open && tokensLeft < 1 ? .length : ending
  }

  /// What makes two new nodes one.
  private struct Twins: Hashable {
    var parent: Int?
    var isOpen: Bool
    var text: String
  }

  /// Exactly equal paths are one node that counts for several.
  private mutating func merge(_ texts: [String], from first: Int, _ statuses: inout [Observation.Status]) {
    var seen: [Twins: Int] = [:]
    for index in statuses.indices where statuses[index] == .open || statuses[index] == .finished {
      let node = first + index
      let parent = nodes[node].candidate.parent?.number
      let key = Twins(parent: parent, isOpen: statuses[index] == .open, text: texts[index])
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
    for (node, result) in zip(fresh, results) {
      switch result {
      case .success(let new):
        succeeded = true
        var scores = nodes[node].stepScores
        for score in new { scores.add(score) }
        // A score that looked ahead is the path's and not its steps'.
        if settings.lookahead == 0 {
          nodes[node].candidate.scoreLastSteps(new)
          nodes[node].stepScores = scores
        }
        let score = scores.value ?? 0
        nodes[node].candidate.score = score
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
    let rollout = stage.stage("lookahead")
    var failed: Set<Int> = []
    for _ in 0..<settings.lookahead {
      let open = paths.indices.filter { paths[$0].ending == .open && !failed.contains($0) }
      guard !open.isEmpty else { return }
      let results = await rollout.generate(
        open.map { index in
          GenerationRequest(
            prompt, continuation: paths[index].continuation, sampling: .greedy,
            maximumTokens: settings.maximumStepTokens, stops: stepEnd, seed: rollout.seed)
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
        if !generated.completion.text.isBlank {
          paths[index].stepTrail = paths[index].stepTrail.appending([Step(generated.completion.text)])
        }
        if case .stop = generated.ending { continue }
        paths[index].ending = generated.ending
      }
    }
  }
}

extension Candidate {
  /// Puts a completion behind the path: a step, or, if it ran to the end, all those of its text.
  fileprivate mutating func goOn(with completion: Completion, runsToEnd: Bool, delimiter: String) {
    continuation = completion.continuation
    tokenTrail = tokenTrail.appending(completion.tokens)
    let text = completion.text
    if runsToEnd {
      stepTrail = stepTrail.appending(Step.split(text, at: delimiter))
    } else if var last = stepTrail.last, text.isBlank {
      // White space alone is no step.
      last.text += text
      stepTrail = stepTrail.prefix(stepTrail.count - 1).appending([last])
    } else if !text.isEmpty {
      stepTrail = stepTrail.appending([Step(text)])
    }
  }

  /// Scores the steps that have no score, as many as are given.
  fileprivate mutating func scoreLastSteps(_ scores: [Double]) {
    guard !scores.isEmpty else { return }
    let start = stepTrail.count - stepTrail.countAtEnd { $0.score == nil }
    var steps = stepTrail.elements(from: start)
    for (index, score) in zip(steps.indices, scores) { steps[index].score = score }
    stepTrail = stepTrail.prefix(start).appending(steps)
  }
}
