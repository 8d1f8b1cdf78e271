"""Trains reward models: first a checker on solutions with mistakes put in, then judges of what policies sampled.

Each problem gives a judge as many right as wrong solutions, so that how hard it is says nothing about them.
"""

import argparse
import dataclasses
import itertools
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from tokenizers import Tokenizer

from batches import Batches, Document
from checker import Checker, CheckingLoss, OutcomeLoss, add_outcome_head
from checkpoint import load_checkpoint, save_checkpoint
from corruption import corrupted
from evaluate import boxed_answer, by_level, complete, header, show
from judging import outcome_document, outcome_score, process_document, step_scores
from labels import exact_reading, rollout_readings
from model import Llama
from problems import EVERY_LENGTH, PROBLEMS, Problem, load, training_problems
from samples import Pool, sample_pools
from tokenizer import SPECIAL_TOKENS
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"


@dataclass(frozen=True)
class RewardRecipe:
  labels: Literal["exact", "rollouts", "outcome"]
  problems: int
  pairs: int
  """Right and wrong solutions of a problem by each policy, at most so many of each."""
  stage: Stage
  rollouts: int = 4


BEGINNING = "arithmetic-3.3M"
"""The policy whose weights the checker begins with: another than those that are judged, which would share its errors."""
POLICIES = ("arithmetic-0.16M", "arithmetic-0.8M")
"""Whose solutions are judged. The last one continues steps to label them."""
SAMPLED_PROBLEMS = 3500

CHECKING = (
  Stage(steps=1200, rows=8, length=384, matrix_rate=1e-3, other_rate=1e-3, new_rate=3e-3, cooldown=0.5, seed=8),
  Stage(steps=1200, rows=8, length=384, matrix_rate=1e-3, other_rate=1e-3, new_rate=2e-3, cooldown=0.8, seed=9),
)
JUDGING = Stage(steps=1200, rows=8, length=384, matrix_rate=1e-3, other_rate=1e-3, new_rate=2e-3, cooldown=0.9, seed=4)
CORRUPTED_WINDOW, JUDGED_WINDOW, REHEARSED = 500, 300, 150
"""Documents of one window of the stream: when checking is learnt, and when judging is, where checking is rehearsed."""

REWARD_MODELS = {
  "arithmetic-prm-4.9M": RewardRecipe("exact", SAMPLED_PROBLEMS, 4, JUDGING),
  "arithmetic-prm-rollouts-4.9M": RewardRecipe("rollouts", 400, 2, dataclasses.replace(JUDGING, steps=400)),
  "arithmetic-orm-4.9M": RewardRecipe("outcome", SAMPLED_PROBLEMS, 4, JUDGING),
}


def corrupted_documents(tokenizer: Tokenizer, seed: int, first: int, count: int, form: str) -> list[Document]:
  """Solutions with mistakes put in, as dialogues, as chats, or as either in turn."""
  documents = []
  for index, problem in enumerate(itertools.islice(training_problems(seed, EVERY_LENGTH, first), count)):
    read = corrupted(problem, random.Random(f"{seed} {first + index}"))
    is_chat = form == "chat" or form == "both" and index % 2 == 1
    documents.append(outcome_document(tokenizer, problem, read, False not in read.labels) if is_chat
                     else process_document(tokenizer, problem, read))
  return documents


def trained_checker(policy: Llama, tokenizer: Tokenizer) -> Checker:
  """The model that all judges begin with."""
  model = Checker(policy)
  for part, stage in enumerate(CHECKING, start=1):
    window = lambda number: corrupted_documents(tokenizer, stage.seed, number * CORRUPTED_WINDOW, CORRUPTED_WINDOW, "both")
    batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed)
    Trainer(f"arithmetic-checker-{part}", model, stage, batches, CheckingLoss(tokenizer)).run(lambda: None)
  return model


def judged_documents(recipe: RewardRecipe, labeller: tuple[Llama, Tokenizer], tokenizer: Tokenizer,
                     pools: list[Pool]) -> list[Document]:
  """Sampled solutions with their labels."""
  chosen = [(pool.problem, text) for pool in pools for text in pool.contrast(recipe.pairs)]
  if recipe.labels == "rollouts":
    readings = rollout_readings(*labeller, chosen, recipe.rollouts, JUDGING.seed)
  else:
    readings = [exact_reading(problem, text) for problem, text in chosen]
  if recipe.labels != "outcome":
    return [process_document(tokenizer, problem, read) for (problem, _), read in zip(chosen, readings)]
  return [outcome_document(tokenizer, problem, read, boxed_answer(text) == problem.answer)
          for (problem, text), read in zip(chosen, readings)]


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
  beginning, tokenizer = load_checkpoint(MODELS / BEGINNING)
  model = trained_checker(beginning, tokenizer)
  pools = [(index, pool) for name, (sampled, its_tokenizer) in policies.items()
           for index, pool in enumerate(sample_pools(name, sampled, its_tokenizer, SAMPLED_PROBLEMS))]
  chosen = [pool for index, pool in pools if index < recipe.problems]
  documents = judged_documents(recipe, policies[POLICIES[-1]], tokenizer, chosen)
  random.Random(stage.seed).shuffle(documents)
  print(f"{name}: {len(documents)} solutions of {recipe.problems} problems", flush=True)
  if is_outcome:
    add_outcome_head(model, tokenizer)

  def window(number: int) -> list[Document]:
    """Windows go round the solutions, each with fresh ones in which mistakes were put."""
    first = number * JUDGED_WINDOW % len(documents)
    return list(itertools.islice(itertools.cycle(documents), first, first + JUDGED_WINDOW)) + corrupted_documents(
      tokenizer, stage.seed, number * REHEARSED, REHEARSED, "chat" if is_outcome else "dialogue")

  batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed)
  loss = OutcomeLoss(tokenizer) if is_outcome else CheckingLoss(tokenizer)
  Trainer(name, model, stage, batches, loss).run(lambda: save_checkpoint(model, tokenizer, MODELS / name))
  judge, _ = load_checkpoint(MODELS / name)
  score = (lambda problem, text: outcome_score(judge, tokenizer, problem, text)) if is_outcome else (
    lambda problem, text: (step_scores(judge, tokenizer, problem, text) or [0.0])[-1])
  for name, (sampled, its_tokenizer) in policies.items():
    print(f"solutions of {name}:")
    report(score, sampled, its_tokenizer, load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
