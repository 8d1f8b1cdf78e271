"""Solutions with mistakes put in: reading them costs no sampling, and where the mistakes are is known to the character."""

import itertools
import random
import re

from labels import Reading, first_flaw, possible_steps
from problems import LARGE, Problem

WRONG_DIGIT, WRONG_OPERAND = 0.13, 0.12
"""The shares of steps that get one."""
LARGEST = LARGE.largest_value
EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")


def computed(a: int, operator: str, b: int) -> int | None:
  """The result, if it is one that problems have."""
  if operator == "/" and (b == 0 or a % b):
    return None
  result = {"+": a + b, "-": a - b, "*": a * b, "/": a // max(b, 1)}[operator]
  return result if 0 <= result <= LARGEST else None


def with_other_digit(step: str, rng: random.Random) -> str:
  """A slip: one digit replaced (replaced token detection, Clark et al., arXiv:2003.10555)."""
  place = rng.choice([place for place, character in enumerate(step) if character.isdigit()])
  return step[:place] + rng.choice([digit for digit in "0123456789" if digit != step[place]]) + step[place + 1 :]


def with_other_operand(step: str, numbers: list[str], possible: list[str], rng: random.Random) -> str | None:
  """A true equation that the story does not call for: one operand is another number of the problem."""
  if not (match := EQUATION.fullmatch(step)):
    return None
  for _ in range(4):
    other = int(rng.choice(numbers))
    a, b = (other, int(match[3])) if rng.random() < 0.5 else (int(match[1]), other)
    result = computed(a, match[2], b)
    if result is not None and (wrong := f"{a}{match[2]}{b}={result}") not in possible:
      return wrong
  return None


def corrupted(problem: Problem, rng: random.Random) -> Reading:
  """The problem's own solution with mistakes in some steps; judged up to the first of them."""
  possible = possible_steps(problem)
  numbers = re.findall(r"\d+", problem.problem) + [step.rpartition("=")[2] for step in problem.steps[:-1]]
  steps = []
  for step in problem.steps:
    chance = rng.random()
    if chance < WRONG_DIGIT:
      steps.append(with_other_digit(step, rng))
    elif chance < WRONG_DIGIT + WRONG_OPERAND:
      steps.append(with_other_operand(step, numbers, possible, rng) or step)
    else:
      steps.append(step)
  flaws = [first_flaw(step, possible) for step in steps]
  labels = list(itertools.accumulate((flaw is None for flaw in flaws), lambda before, now: before and now))
  end = labels.count(True) + 1
  return Reading(steps, labels[:end] + [None] * (len(steps) - end), flaws)
