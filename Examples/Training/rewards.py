"""Labels of steps, and how reward models read solutions.

A process reward model reads the RLHFlow dialogue: the question and the first step, "+", the next step, "+", … and gives
each step the probability of "+" against "-" where its label is predicted. An outcome reward model reads question and
solution as a chat that is over, and its head gives one logit at the last token.
"""

import itertools
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from batches import IGNORED, Document
from evaluate import boxed_answer, complete_from, is_true
from model import Llama
from problems import Problem
from tokenizer import BEGIN, encode, prompt_text, turn


def steps_of(solution: str) -> list[str]:
  """The steps without their delimiter; text that ends in the delimiter has no empty last step."""
  return [step for step in solution.split("\n\n") if step.strip()]


def normalized(equation: str) -> str:
  """Sums and products do not depend on the order of their operands."""
  left, _, right = equation.partition("=")
  for operator in "+*":
    if operator in left:
      left = operator.join(sorted(left.split(operator)))
  return f"{left}={right}"


def exact_labels(problem: Problem, steps: list[str]) -> list[bool]:
  """Whether each step and all before it are true equations that the solution needs, or the right answer."""
  needed = {normalized(step) for step in problem.steps}
  sound = lambda step: normalized(step) in needed and (is_true(step) or boxed_answer(step) == problem.answer)
  return list(itertools.accumulate(map(sound, steps), lambda before, now: before and now))


def rollout_labels(policy: Llama, tokenizer: Tokenizer, solutions: list[tuple[Problem, str]], rollouts: int,
                   seed: int) -> list[list[bool]]:
  """Of each solution, whether any of the policy's continuations after each step is right.

  Hard estimation (Math-Shepherd, arXiv:2312.08935). The last step is its own continuation.
  """
  prefixes = {}  # of problem and steps so far: several solutions begin alike
  for problem, solution in solutions:
    steps = steps_of(solution)
    for count in range(1, len(steps)):
      prefixes[problem.id, "\n\n".join(steps[:count]) + "\n\n"] = problem
  starts = [(problem, prefix) for (_, prefix), problem in prefixes.items()]
  texts = complete_from(policy, tokenizer, [prompt_text(p.problem) + prefix for p, prefix in starts], 1.0, rollouts, seed)
  hopeful = {(problem.id, prefix): any(boxed_answer(text) == problem.answer for text in pool)
             for (problem, prefix), pool in zip(starts, texts)}
  labels = []
  for problem, solution in solutions:
    steps = steps_of(solution)
    before = [hopeful[problem.id, "\n\n".join(steps[:count]) + "\n\n"] for count in range(1, len(steps))]
    labels.append(before + [boxed_answer(solution) == problem.answer])
  return labels


def dialogue(question: str, steps: list[str]) -> Iterator[str]:
  """The dialogue in pieces: each ends where a label is predicted, and begins with the "+" of the step before.

  User: question and first step. Assistant: "+". User: next step. Assistant: "+" … Earlier labels are always "+".
  """
  label = turn("assistant", "+")
  opening, _, closing = label.partition("+")
  for index, step in enumerate(steps):
    before = BEGIN if index == 0 else f"+{closing}"
    yield before + turn("user", f"{question} {step}" if index == 0 else step) + opening


def signs(tokenizer: Tokenizer) -> list[int]:
  """The tokens of "+" and "-"."""
  return [encode(tokenizer, sign)[0] for sign in "+-"]


def process_document(tokenizer: Tokenizer, problem: Problem, solution: str, labels: list[bool]) -> Document:
  """Input ids, and targets that are "+" or "-" where a label is predicted and nothing elsewhere."""
  plus, minus = signs(tokenizer)
  ids, targets = [], []
  for piece, good in zip(dialogue(problem.problem, steps_of(solution)), labels):
    piece_ids = encode(tokenizer, piece)
    ids += piece_ids
    targets += [IGNORED] * (len(piece_ids) - 1) + [plus if good else minus]
  return ids, targets


def outcome_document(tokenizer: Tokenizer, problem: Problem, solution: str, right: bool) -> Document:
  """Input ids of the whole chat; the target is 0 or 1 at the last token and nothing elsewhere."""
  ids = encode(tokenizer, BEGIN + turn("user", problem.problem) + turn("assistant", solution))
  return ids, [IGNORED] * (len(ids) - 1) + [int(right)]


def outcome_loss(model: Llama, hidden: Tensor, targets: Tensor) -> Tensor:
  """Binary cross-entropy of the head's logit."""
  return F.binary_cross_entropy_with_logits(model.score(hidden)[:, 0], targets.float())


@torch.inference_mode()
def step_scores(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> list[float]:
  """Of each step, the probability of "+" against "-"; the steps behind the model's context are left out."""
  ids, ends = [], []
  for piece in dialogue(problem.problem, steps_of(solution)):
    ids += encode(tokenizer, piece)
    ends.append(len(ids) - 1)
  ids = ids[: model.configuration.context]
  mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
  logits = model.logits(model.hidden(torch.tensor([ids]), mask)[0])[[end for end in ends if end < len(ids)]]
  return logits[:, signs(tokenizer)].softmax(-1)[:, 0].tolist()


@torch.inference_mode()
def outcome_score(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> float:
  """The probability that the solution is right."""
  ids, _ = outcome_document(tokenizer, problem, solution, True)
  ids = ids[: model.configuration.context]
  mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
  return model.score(model.hidden(torch.tensor([ids]), mask)[0, -1]).sigmoid().item()
