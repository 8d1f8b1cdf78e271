"""Trains reward models: first a checker on solutions with mistakes put in, then judges of what policies sampled.

Each problem gives a judge as many right as wrong solutions, so that how hard it is says nothing about them.
"""

import argparse
import dataclasses
import itertools
import random
from dataclasses import dataclass
from typing import Literal

import torch
from tokenizers import Tokenizer

from batches import Batches, Document
from checker import Checker, CheckingLoss, OutcomeLoss, add_outcome_head
from checkpoint import load_checkpoint, save_checkpoint
from corruption import corrupted
from evaluate import boxed_answer, by_level, complete, header, show
from judging import outcome_document, outcome_score, process_document, step_scores
from labels import Reading, exact_reading, rollout_readings
from model import Llama
from problems import LARGE, PROBLEMS, SMALL, Problem, Sizes, load, window_of_problems
from samples import sample_pools
from tokenizer import SPECIAL_TOKENS
from trainer import MODELS, STATES, Stage, Trainer
from transfer import enlarge

Labels = Literal["exact", "rollouts", "outcome"]

BEGINNING = "arithmetic-0.8M"
"""The policy whose weights the checker begins with: a larger one than the one that is searched with."""
POLICIES = ("arithmetic-0.8M", "arithmetic-0.16M")
"""Whose solutions are judged. The last one continues steps to label them."""
PAIRS = 3
"""Of each problem as many right as wrong solutions by each policy, at most so many of each."""
ROLLOUTS = 4

CHECKING = Stage(steps=6000, rows=32, length=384, matrix_rate=1e-3, other_rate=1e-3, new_rate=3e-3, cooldown=0.8, seed=8)
JUDGING = Stage(steps=4000, rows=32, length=384, matrix_rate=1e-3, other_rate=1e-3, new_rate=2e-3, cooldown=0.9, seed=4)
ENLARGING = Stage(steps=2000, rows=16, length=384, matrix_rate=2e-3, other_rate=1e-3, new_rate=2e-3, cooldown=0.8, seed=16)
SHARPENING = Stage(steps=2500, rows=16, length=384, matrix_rate=1e-3, other_rate=5e-4, new_rate=1e-3, cooldown=1.0, seed=20)
CORRUPTED_WINDOW, JUDGED_WINDOW, REHEARSED = 2000, 1200, 600
"""Documents of one window of the stream: when checking is learnt, and when judging is, where checking is rehearsed."""


@dataclass(frozen=True)
class Course:
  """A stage of judging, and whose solutions of which problems are judged."""

  name: str
  stage: Stage
  sizes: Sizes
  problems: dict[str, int]
  """How many problems are sampled of each policy, as it was when it had learnt numbers of these sizes."""

  def policies(self) -> dict[str, tuple[Llama, Tokenizer]]:
    return {name: load_checkpoint((MODELS if self.sizes is LARGE else STATES) / name) for name in self.problems}


JUDGED = Course("judging", JUDGING, SMALL, {f"{name}-telling": 8000 for name in POLICIES})
ENLARGED = Course("enlarging", ENLARGING, LARGE, dict.fromkeys(POLICIES, 3000))
SHARPENED = Course("sharpening", SHARPENING, LARGE, {"arithmetic-0.8M": 3000, "arithmetic-0.16M": 8000})


@dataclass(frozen=True)
class Recipe:
  """The labels that a judge learns from, and its courses."""

  labels: Labels
  courses: tuple[Course, ...] = (JUDGED, ENLARGED)


REWARD_MODELS = {
  # Exact labels cost nothing: so there are more of them, of the policy that is searched with.
  "arithmetic-prm-1.2M": Recipe("exact", (JUDGED, ENLARGED, SHARPENED)),
  "arithmetic-prm-rollouts-1.2M": Recipe("rollouts"),
  "arithmetic-orm-1.2M": Recipe("outcome"),
}


def corrupted_documents(tokenizer: Tokenizer, seed: int, window: int, count: int, form: str, sizes: Sizes) -> list[Document]:
  """A window of solutions with mistakes put in, as dialogues, as chats, or as either in turn."""
  documents = []
  for index, problem in enumerate(window_of_problems(seed, window, count, sizes)):
    read = corrupted(problem, random.Random(f"{seed} {window * count + index}"))
    is_chat = form == "chat" or form == "both" and index % 2 == 1
    documents.append(outcome_document(tokenizer, problem, read, False not in read.labels) if is_chat
                     else process_document(tokenizer, problem, read))
  return documents


def trained_checker(workers: int) -> tuple[Checker, Tokenizer]:
  """The model that all judges begin with."""
  policy, tokenizer = load_checkpoint(STATES / f"{BEGINNING}-telling")
  model = Checker(policy)
  window = lambda number: corrupted_documents(
    tokenizer, CHECKING.seed, number, CORRUPTED_WINDOW, "both", SMALL)
  batches = Batches(window, CHECKING.rows, CHECKING.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), CHECKING.seed, workers)
  Trainer("arithmetic-checker", model, CHECKING, batches, CheckingLoss(tokenizer)).run(lambda: None)
  return model, tokenizer


def judged_solutions(labels: Labels, course: Course) -> list[tuple[Problem, Reading, bool]]:
  """Sampled solutions with their labels, and whether their answers are right; in no order."""
  policies, seed = course.policies(), course.stage.seed
  pools = [pool for name, sampled in policies.items()
           for pool in sample_pools(name, *sampled, course.problems[name], course.sizes)]
  chosen = [(pool.problem, text) for pool in pools for text in pool.contrast(PAIRS)]
  if labels == "rollouts":
    readings = rollout_readings(course.name, *list(policies.values())[-1], chosen, ROLLOUTS, seed)
  else:
    readings = [exact_reading(problem, text) for problem, text in chosen]
  solutions = [(problem, read, boxed_answer(text) == problem.answer) for (problem, text), read in zip(chosen, readings)]
  random.Random(seed).shuffle(solutions)
  return solutions


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
  print(f"mean area within the {len(within)} problems that have right and wrong ones: {sum(within) / max(1, len(within)):.3f}")

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
  parser.add_argument("--workers", type=int, default=0, help="processes that read solutions ahead of time")
  arguments = parser.parse_args()
  name, labels = arguments.config, REWARD_MODELS[arguments.config].labels
  is_outcome = labels == "outcome"
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(JUDGING.seed)

  model, tokenizer = trained_checker(arguments.workers)
  if is_outcome:
    add_outcome_head(model, tokenizer)
  loss = OutcomeLoss(tokenizer) if is_outcome else CheckingLoss(tokenizer)
  for course in REWARD_MODELS[name].courses:
    if course is ENLARGED:
      enlarge(model, BEGINNING)
    stage, solutions = course.stage, judged_solutions(labels, course)
    print(f"{name}: {len(solutions)} solutions of {max(course.problems.values())} problems", flush=True)

    def window(number: int) -> list[Document]:
      """Windows go round the solutions, each with fresh ones in which mistakes were put."""
      first = number * JUDGED_WINDOW % len(solutions)
      judged = [outcome_document(tokenizer, problem, read, right) if is_outcome else process_document(tokenizer, problem, read)
                for problem, read, right in itertools.islice(itertools.cycle(solutions), first, first + JUDGED_WINDOW)]
      return judged + corrupted_documents(tokenizer, stage.seed, number, REHEARSED,
                                          "chat" if is_outcome else "dialogue", course.sizes)

    batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed,
                      arguments.workers)
    Trainer(f"{name}-{course.name}", model, stage, batches, loss).run(
      lambda: save_checkpoint(model, tokenizer, MODELS / name))
  judge, _ = load_checkpoint(MODELS / name)
  score = (lambda problem, text: outcome_score(judge, tokenizer, problem, text)) if is_outcome else (
    lambda problem, text: (step_scores(judge, tokenizer, problem, text) or [0.0])[-1])
  for name, (sampled, its_tokenizer) in REWARD_MODELS[name].courses[-1].policies().items():
    print(f"solutions of {name}:")
    report(score, sampled, its_tokenizer, load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
