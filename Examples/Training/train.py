"""Trains a policy by supervised learning on generated problems, in stages, and exports it."""

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path

import torch

from batches import Batches
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import report
from hints import Student, hinted_documents, hinted_loss
from model import ModelConfiguration
from problems import EVERY_LENGTH, PROBLEMS, load, training_problems
from tokenizer import SPECIAL_TOKENS, train_tokenizer
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
VOCABULARY = 608
WINDOW = 1000
"""Problems of one window of the stream."""

TOKENIZER_SEED = 1
FIRST_EQUATIONS = (2, 3, 5, 7, 9)
"""The lengths of solutions that the levels had first."""


HINT_WEIGHT = 0.5


@dataclass(frozen=True)
class Course:
  """A stage of training, with the lengths of its problems' solutions and the weight of hints beside the next token's."""

  name: str
  stage: Stage
  equations: tuple[int, ...] = EVERY_LENGTH
  hints: float = 0.0


@dataclass(frozen=True)
class Recipe:
  configuration: ModelConfiguration
  courses: tuple[Course, ...]


def telling(steps: int, seed: int) -> Course:
  """Where hints come in, with fresh problems of every length."""
  return Course("telling", Stage(steps, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.9, seed=seed), hints=HINT_WEIGHT)


LEARNING = Course("learning", Stage(2600, rows=24, matrix_rate=3e-3, other_rate=3e-3, warmup=100, cooldown=1.0, seed=1),
                  FIRST_EQUATIONS)

POLICIES = {
  "arithmetic-3.3M": Recipe(ModelConfiguration(256, 4, 8, 4, 768, VOCABULARY), (
    Course("learning", Stage(2800, matrix_rate=3e-3, other_rate=3e-3, warmup=100, cooldown=1.0, seed=5)),
    Course("finishing", Stage(2400, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.8, seed=6)),
    telling(2600, seed=14),
    Course("settling", Stage(3000, matrix_rate=1.5e-3, other_rate=7.5e-4, cooldown=1.0, seed=17), hints=HINT_WEIGHT))),
  "arithmetic-0.8M": Recipe(ModelConfiguration(128, 4, 4, 2, 352, VOCABULARY), (
    LEARNING, Course("finishing", Stage(2000, seed=2)), telling(4000, seed=15))),
  "arithmetic-0.16M": Recipe(ModelConfiguration(64, 3, 4, 2, 128, VOCABULARY), (LEARNING, telling(4000, seed=16))),
}
"""Each model with what it goes through."""


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=POLICIES, required=True)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  name = arguments.config
  recipe = POLICIES[name]
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(recipe.courses[0].stage.seed)

  tokenizer = train_tokenizer(VOCABULARY, training_problems(TOKENIZER_SEED, FIRST_EQUATIONS))
  model = Student(recipe.configuration)
  for course in recipe.courses:
    stage = course.stage
    window = lambda number: hinted_documents(
      tokenizer, list(itertools.islice(training_problems(stage.seed, course.equations, number * WINDOW), WINDOW)))
    batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed)
    loss = lambda *batch: hinted_loss(*batch, course.hints)
    Trainer(f"{name}-{course.name}", model, stage, batches, loss).run(
      lambda: save_checkpoint(model, tokenizer, MODELS / name))
  report(*load_checkpoint(MODELS / name), load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
