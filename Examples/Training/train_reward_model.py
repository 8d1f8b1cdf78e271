"""Trains reward models on solutions that a policy sampled, beginning with the policy's weights.

Each problem gives as many right as wrong solutions, so that how hard it is says nothing about them.
"""

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from tokenizers import Tokenizer
from torch import nn

from batches import Batches, Document
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import boxed_answer, by_level, complete, header, show
from model import Llama
from problems import PROBLEMS, Problem, load
from rewards import (exact_labels, outcome_document, outcome_loss, outcome_score, process_document, rollout_labels,
                     step_scores, steps_of)
from samples import Pool, sample_pools
from tokenizer import SPECIAL_TOKENS
from trainer import Stage, Trainer, next_token_loss

MODELS = Path(__file__).parent.parent / "Models"
WINDOW = 500
"""Documents of one window of the stream."""


@dataclass(frozen=True)
class RewardRecipe:
  policy: str
  labels: Literal["exact", "rollouts", "outcome"]
  problems: int
  pairs: int
  """Right and wrong solutions of a problem, at most so many of each."""
  stage: Stage
  samples: int = 16
  temperature: float = 1.0
  rollouts: int = 8


STAGE = Stage(steps=1500, rows=8, length=384, matrix_rate=2e-3, other_rate=1e-3, seed=3)

REWARD_MODELS = {
  "arithmetic-prm-0.8M": RewardRecipe("arithmetic-0.8M", "exact", 6000, 3, STAGE),
  "arithmetic-prm-rollouts-0.8M": RewardRecipe("arithmetic-0.8M", "rollouts", 2000, 3, STAGE),
  "arithmetic-orm-0.8M": RewardRecipe("arithmetic-0.8M", "outcome", 6000, 3, STAGE),
}


def labelled_documents(recipe: RewardRecipe, policy: Llama, tokenizer: Tokenizer, pools: list[Pool]) -> list[Document]:
  """What the reward model learns from."""
  chosen = [(pool.problem, text) for pool in pools for text in pool.contrast(recipe.pairs)]
  if recipe.labels == "outcome":
    return [outcome_document(tokenizer, p, text, boxed_answer(text) == p.answer) for p, text in chosen]
  if recipe.labels == "exact":
    labels = [exact_labels(problem, steps_of(text)) for problem, text in chosen]
  else:
    labels = rollout_labels(policy, tokenizer, chosen, recipe.rollouts, recipe.stage.seed)
  return [process_document(tokenizer, p, text, good) for (p, text), good in zip(chosen, labels)]


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

  policy, tokenizer = load_checkpoint(MODELS / recipe.policy)
  pools = sample_pools(recipe.policy, policy, tokenizer, stage.seed, recipe.problems, recipe.samples, recipe.temperature)
  documents = labelled_documents(recipe, policy, tokenizer, pools)
  print(f"{name}: {len(documents)} solutions of {recipe.problems} problems", flush=True)
  model, _ = load_checkpoint(MODELS / recipe.policy)
  if is_outcome:
    model.score = nn.Linear(model.configuration.width, 1, bias=False)
    nn.init.zeros_(model.score.weight)
  model.train()

  def window(number: int) -> list[Document]:
    """Windows go round the documents."""
    return list(itertools.islice(itertools.cycle(documents), number * WINDOW % len(documents),
                                 number * WINDOW % len(documents) + WINDOW))

  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  batches = Batches(window, stage.rows, stage.length, padding, stage.seed)
  trainer = Trainer(name, model, stage, batches, outcome_loss if is_outcome else next_token_loss)
  trainer.run(lambda: save_checkpoint(model, tokenizer, MODELS / name))
  judge, _ = load_checkpoint(MODELS / name)
  score = (lambda problem, text: outcome_score(judge, tokenizer, problem, text)) if is_outcome else (
    lambda problem, text: (step_scores(judge, tokenizer, problem, text) or [0.0])[-1])
  report(score, policy, tokenizer, load(PROBLEMS / "test.jsonl"))


if __name__ == "__main__":
  main()
