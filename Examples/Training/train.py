"""Trains a policy by supervised learning on generated problems, in stages, and exports it."""

import argparse
import os
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from batches import Batches
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import report
from hints import HINT_WEIGHT, Student, hinted_documents, hinted_loss
from model import ModelConfiguration
from problems import LARGE, PROBLEMS, SMALL, Sizes, load, training_problems, window_of_problems
from tokenizer import SPECIAL_TOKENS, load_tokenizer, save_tokenizer, train_tokenizer
from trainer import MODELS, STATES, Stage, Trainer

VOCABULARY = 608
WINDOW = 4000
"""Problems of one window of the stream."""
TOKENIZER_SEED = 1


@dataclass(frozen=True)
class Course:
  """A stage of training, the problems' sizes, and the weight of hints beside the next token's."""

  name: str
  stage: Stage
  sizes: Sizes
  hints: float = 0.0


@dataclass(frozen=True)
class Recipe:
  configuration: ModelConfiguration
  courses: tuple[Course, ...]


def courses(enlarging: int, rows: int) -> tuple[Course, ...]:
  """First without hints, in which arithmetic is learnt, then with them, and then so many steps with large numbers."""
  return (Course("learning", Stage(3000, matrix_rate=3e-3, other_rate=3e-3, warmup=100, cooldown=1.0, seed=5), SMALL),
          Course("telling", Stage(8000, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.9, seed=14), SMALL, HINT_WEIGHT),
          Course("enlarging", Stage(enlarging, rows, length=320, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.9, seed=15),
                 LARGE, HINT_WEIGHT))


POLICIES = {
  "arithmetic-3.3M": Recipe(ModelConfiguration(256, 4, 8, 4, 768, VOCABULARY), courses(9000, rows=12)),
  "arithmetic-0.8M": Recipe(ModelConfiguration(128, 4, 4, 2, 352, VOCABULARY), courses(5000, rows=24)),
  "arithmetic-0.16M": Recipe(ModelConfiguration(64, 3, 4, 2, 128, VOCABULARY), courses(8000, rows=24)),
}
"""Each model with what it goes through. All learn from the same problems in the same order."""


def the_tokenizer() -> Tokenizer:
  """Of all policies; kept, so that only the first of them makes it."""
  folder = STATES / "tokenizer"
  if not folder.exists():
    tokenizer = train_tokenizer(VOCABULARY, training_problems(TOKENIZER_SEED, sizes=SMALL))
    new = STATES / f"tokenizer.{os.getpid()}"
    new.mkdir(parents=True)
    save_tokenizer(tokenizer, new, ModelConfiguration.context)
    os.replace(new, folder)
  return load_tokenizer(folder)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=POLICIES, required=True)
  parser.add_argument("--threads", type=int, default=1)
  parser.add_argument("--workers", type=int, default=0, help="processes that make problems ahead of time")
  arguments = parser.parse_args()
  name = arguments.config
  recipe = POLICIES[name]
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(recipe.courses[0].stage.seed)

  tokenizer, model = the_tokenizer(), Student(recipe.configuration)
  for course in recipe.courses:
    stage = course.stage
    window = lambda number: hinted_documents(tokenizer, window_of_problems(stage.seed, number, WINDOW, course.sizes))
    batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed,
                      arguments.workers)
    loss = lambda *batch: hinted_loss(*batch, course.hints)
    Trainer(f"{name}-{course.name}", model, stage, batches, loss).run(
      lambda: save_checkpoint(model, tokenizer, STATES / f"{name}-{course.name}"))
  save_checkpoint(model, tokenizer, MODELS / name)
  report(*load_checkpoint(MODELS / name), load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
