"""Trains a policy by supervised learning on generated problems, in stages, and exports it."""

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from batches import Batches, Document, document
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import report
from model import Llama, ModelConfiguration
from problems import EVERY_LENGTH, PROBLEMS, load, training_problems
from tokenizer import SPECIAL_TOKENS, TURN_END, prompt_text, train_tokenizer
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
VOCABULARY = 608
WINDOW = 1000
"""Problems of one window of the stream."""

TOKENIZER_SEED = 1
FIRST_EQUATIONS = (2, 3, 5, 7, 9)
"""The lengths of solutions that the levels had first."""


@dataclass(frozen=True)
class Course:
  """A stage of training with the lengths of its problems' solutions."""

  name: str
  stage: Stage
  equations: tuple[int, ...] = EVERY_LENGTH


LEARNING = Course("learning", Stage(steps=2600, rows=24, matrix_rate=3e-3, other_rate=3e-3, warmup=100, cooldown=1.0,
                                    seed=1), FIRST_EQUATIONS)

POLICIES = {
  "arithmetic-3.3M": (ModelConfiguration(256, 4, 8, 4, 768, VOCABULARY), [
    Course("learning", Stage(steps=2800, matrix_rate=3e-3, other_rate=3e-3, warmup=100, cooldown=1.0, seed=5)),
    Course("finishing", Stage(steps=2400, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.8, seed=6))]),
  "arithmetic-0.8M": (ModelConfiguration(128, 4, 4, 2, 352, VOCABULARY), [
    LEARNING, Course("finishing", Stage(steps=2000, seed=2))]),
  "arithmetic-0.16M": (ModelConfiguration(64, 3, 4, 2, 128, VOCABULARY), [LEARNING]),
}
"""Each model with what it goes through."""


def documents(tokenizer: Tokenizer, seed: int, equations: tuple[int, ...], number: int) -> list[Document]:
  """A window of problems: prompts that are only read, and solutions that are learnt."""
  problems = list(itertools.islice(training_problems(seed, equations, number * WINDOW), WINDOW))
  prompts = tokenizer.encode_batch([prompt_text(p.problem) for p in problems], add_special_tokens=False)
  solutions = tokenizer.encode_batch([p.solution + TURN_END for p in problems], add_special_tokens=False)
  return [document([(p.ids, False), (s.ids, True)]) for p, s in zip(prompts, solutions)]


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=POLICIES, required=True)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  name = arguments.config
  configuration, courses = POLICIES[name]
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(courses[0].stage.seed)

  tokenizer = train_tokenizer(VOCABULARY, training_problems(TOKENIZER_SEED, FIRST_EQUATIONS))
  model = Llama(configuration)
  print(f"{name}: {model.parameter_count} parameters", flush=True)
  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  for course in courses:
    stage = course.stage
    window = lambda number: documents(tokenizer, stage.seed, course.equations, number)
    batches = Batches(window, stage.rows, stage.length, padding, stage.seed)
    Trainer(f"{name}-{course.name}", model, stage, batches).run(lambda: save_checkpoint(model, tokenizer, MODELS / name))
  report(*load_checkpoint(MODELS / name), load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
