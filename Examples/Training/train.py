"""Trains a policy by supervised learning on generated problems, in stages, and exports it."""

import argparse
import os
import shutil
from dataclasses import dataclass, replace

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
FURTHER_SEED = 16


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
  "arithmetic-0.16M": Recipe(ModelConfiguration(64, 3, 4, 2, 128, VOCABULARY), courses(16000, rows=24)),
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
    try:
      os.replace(new, folder)
    except OSError:  # another policy's training was faster, with the same
      if not folder.exists():
        raise
      shutil.rmtree(new)
  return load_tokenizer(folder)


def train(name: str, course: Course, model: Student, tokenizer: Tokenizer, workers: int) -> None:
  """Takes a course, or what is left of it, and exports what came of it beside its state."""
  stage = course.stage
  window = lambda number: hinted_documents(tokenizer, window_of_problems(stage.seed, number, WINDOW, course.sizes))
  batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed, workers)
  Trainer(f"{name}-{course.name}", model, stage, batches, lambda *batch: hinted_loss(*batch, course.hints)).run(
    lambda: save_checkpoint(model, tokenizer, STATES / f"{name}-{course.name}"))


def further(course: Course, steps: int) -> Course:
  """A course that goes on from a committed model with problems of its own: its learning rates rise to where they would be
  if the last course had had so many steps more from the beginning, and fall to zero."""
  last = course.stage
  top = steps / (last.steps + steps) / last.cooldown
  return replace(course, name=f"further-{steps}", stage=replace(
    last, steps=steps, matrix_rate=last.matrix_rate * top, other_rate=last.other_rate * top, cooldown=1.0,
    seed=FURTHER_SEED))


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=POLICIES, required=True)
  parser.add_argument("--threads", type=int, default=1)
  parser.add_argument("--workers", type=int, default=0, help="processes that make problems ahead of time")
  parser.add_argument("--further", type=int, default=0, metavar="STEPS",
                      help="go on from the committed model for so many steps, and see what that gains: the new one stays in .state")
  arguments = parser.parse_args()
  if arguments.further < 0:
    parser.error("--further takes a positive number")
  name = arguments.config
  recipe = POLICIES[name]
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(recipe.courses[0].stage.seed)

  model = Student(recipe.configuration)
  if arguments.further:
    policy, tokenizer = load_checkpoint(MODELS / name)
    model.load_state_dict(policy.state_dict(), strict=False)  # the maps that read hints are learnt anew
    course = further(recipe.courses[-1], arguments.further)
    train(name, course, model, tokenizer, arguments.workers)
    destination = STATES / f"{name}-{course.name}"
  else:
    tokenizer = the_tokenizer()
    for course in recipe.courses:
      train(name, course, model, tokenizer, arguments.workers)
    destination = MODELS / name
    save_checkpoint(model, tokenizer, destination)
  report(*load_checkpoint(destination), load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
