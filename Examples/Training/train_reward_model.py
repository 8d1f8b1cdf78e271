"""Trains reward models on solutions that policies sampled, beginning with a policy and a few layers on top of it.

Each problem gives as many right as wrong solutions, so that how hard it is says nothing about them.
"""

import argparse
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from tokenizers import Tokenizer
from torch import nn

from batches import Batches, Document
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import boxed_answer, by_level, complete, header, show
from model import Llama
from problems import EVERY_LENGTH, PROBLEMS, Problem, load, training_problems
from rewards import (OutcomeLoss, RewardLoss, deepened, exact_labels, outcome_document, outcome_score, process_document,
                     reading, replaced, rollout_labels, step_scores, steps_of)
from samples import Pool, sample_pools
from tokenizer import SPECIAL_TOKENS
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
WINDOW = 500
"""Documents of one window of the stream."""


@dataclass(frozen=True)
class RewardRecipe:
  labels: Literal["exact", "rollouts", "outcome"]
  problems: int
  pairs: int
  """Right and wrong solutions of a problem by each policy, at most so many of each."""
  stage: Stage
  rollouts: int = 4


BEGINNING = "arithmetic-0.8M"
"""The policy whose weights reward models begin with, and which continues steps to label them."""
POLICIES = ("arithmetic-0.16M", BEGINNING)
"""Whose solutions they learn to judge."""
CHECKING_LAYERS, JUDGING_LAYERS = 2, 2
"""On top of the policy, and on top of these."""
STAGE = Stage(steps=1000, rows=8, length=384, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.6, seed=4)
REPLACED = 6000
"""Problems whose own solutions are read with replaced digits."""

REWARD_MODELS = {
  "arithmetic-prm-1.6M": RewardRecipe("exact", 3500, 4, STAGE),
  "arithmetic-prm-rollouts-1.6M": RewardRecipe("rollouts", 800, 2, STAGE),
  "arithmetic-orm-1.6M": RewardRecipe("outcome", 3500, 4, STAGE),
}


def labelled_documents(recipe: RewardRecipe, policy: Llama, tokenizer: Tokenizer, pools: list[Pool]) -> list[Document]:
  """What the reward model learns from: sampled solutions, and as they are dear, others with replaced digits."""
  chosen = [(pool.problem, text) for pool in pools for text in pool.contrast(recipe.pairs)]
  if recipe.labels == "rollouts":
    labels = rollout_labels(policy, tokenizer, chosen, recipe.rollouts, recipe.stage.seed)
  else:
    labels = [exact_labels(problem, steps_of(text)) for problem, text in chosen]
  behind = 99 if recipe.labels == "outcome" else 1
  readings = [(problem, reading(problem, text, good, behind), boxed_answer(text) == problem.answer)
              for (problem, text), good in zip(chosen, labels)]
  rng = random.Random(recipe.stage.seed)
  others = itertools.islice(training_problems(recipe.stage.seed, EVERY_LENGTH), REPLACED)
  for problem in others:
    read = replaced(problem, rng)
    readings.append((problem, read, all(read.labels)))
  rng.shuffle(readings)
  if recipe.labels == "outcome":
    return [outcome_document(tokenizer, problem, read, right) for problem, read, right in readings]
  return [process_document(tokenizer, problem, read) for problem, read, _ in readings]


def rounds(documents: list[Document]) -> Callable[[int], list[Document]]:
  """Windows that go round the documents."""
  return lambda number: list(itertools.islice(itertools.cycle(documents), number * WINDOW % len(documents),
                                              number * WINDOW % len(documents) + WINDOW))


def area_under_curve(scores: list[float], right: list[bool]) -> float:
  """The chance that a right one scores above a wrong one; ties count half."""
  good = torch.tensor([score for score, r in zip(scores, right) if r])
  bad = torch.tensor([score for score, r in zip(scores, right) if not r])
  difference = good[:, None] - bad[None, :]
  return ((difference > 0).double() + (difference == 0).double() / 2).mean().item()


def report(score, policy: Llama, tokenizer: Tokenizer, problems: list[Problem], samples: int = 16) -> None:
  """The reward model as a judge of whole solutions. `score` gives one of a problem and a solution."""
  pools = complete(policy, tokenizer, problems, 0.8, samples, seed=1)
  scores = [[score(problem, text) for text in pool] for problem, pool in zip(problems, pools)]
  answers = [[boxed_answer(text) for text in pool] for pool in pools]
  right = [[answer == problem.answer for answer in given] for problem, given in zip(problems, answers)]
  flat = lambda nested: list(itertools.chain.from_iterable(nested))
  within = [area_under_curve(s, r) for s, r in zip(scores, right) if any(r) and not all(r)]
  print(f"area under the curve over all solutions: {area_under_curve(flat(scores), flat(right)):.3f}")
  print(f"mean area within the {len(within)} problems that have right and wrong ones: {sum(within) / len(within):.3f}")

  def elected(given: list[str | None], weights: list[float]) -> str | None:
    votes: dict[str, float] = {}
    for answer, weight in zip(given, weights):
      if answer is not None:
        votes[answer] = votes.get(answer, 0.0) + weight
    return max(votes, key=votes.__getitem__) if votes else None

  header()
  show("one sample, temperature 0.8", by_level(problems, [sum(r) / samples for r in right]))
  vote = lambda weights: [elected(a, w) == p.answer for p, a, w in zip(problems, answers, weights)]
  show(f"majority of {samples}", by_level(problems, vote([[1.0] * samples] * len(problems))))
  best = [r[max(range(samples), key=s.__getitem__)] for s, r in zip(scores, right)]
  show(f"best of {samples} by score", by_level(problems, best))
  show(f"vote of {samples} weighted by score", by_level(problems, vote(scores)))
  show(f"any of {samples}", by_level(problems, [any(r) for r in right]))


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=REWARD_MODELS, required=True)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  name, recipe = arguments.config, REWARD_MODELS[arguments.config]
  stage, is_outcome = recipe.stage, recipe.labels == "outcome"
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(stage.seed)

  policies = {name: load_checkpoint(MODELS / name) for name in POLICIES}
  policy, tokenizer = policies[BEGINNING]
  loss = OutcomeLoss(tokenizer) if is_outcome else RewardLoss(tokenizer)
  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  everything = max(recipe.problems for recipe in REWARD_MODELS.values())
  pools = [(index, pool) for name, (sampled, its_tokenizer) in policies.items()
           for index, pool in enumerate(sample_pools(name, sampled, its_tokenizer, everything))]
  random.Random(stage.seed).shuffle(pools)

  depth = policy.configuration.layers + CHECKING_LAYERS
  model = deepened(policy, CHECKING_LAYERS + JUDGING_LAYERS, depth)
  documents = labelled_documents(recipe, policy, tokenizer, [pool for index, pool in pools if index < recipe.problems])
  print(f"{name}: {len(documents)} solutions of {recipe.problems} problems", flush=True)
  if is_outcome:
    model.score = nn.Linear(model.configuration.width, 1, bias=False)
    nn.init.zeros_(model.score.weight)
  batches = Batches(rounds(documents), stage.rows, stage.length, padding, stage.seed)
  Trainer(name, model, stage, batches, loss).run(lambda: save_checkpoint(model, tokenizer, MODELS / name))
  judge, _ = load_checkpoint(MODELS / name)
  score = (lambda problem, text: outcome_score(judge, tokenizer, problem, text)) if is_outcome else (
    lambda problem, text: (step_scores(judge, tokenizer, problem, text) or [0.0])[-1])
  for name, (sampled, its_tokenizer) in policies.items():
    print(f"solutions of {name}:")
    report(score, sampled, its_tokenizer, load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
