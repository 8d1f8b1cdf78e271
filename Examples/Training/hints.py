"""What a policy is told while it learns, besides the next token: whose each number is.

Solutions alone teach names very slowly. To tell Nora's marbles from Luis's, one layer has to write to each number whose it
is, and another has to look for whose is needed; as long as one of them cannot, the other learns nothing. So both are
learnt by themselves: from the middle of the model, *bearers* (at a number's first digit, whose it is) and *wants* (where an
operand is to be predicted, whose it will be) are read by two linear maps, which no checkpoint holds.
"""

import re

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from batches import IGNORED, Document
from model import Llama, ModelConfiguration
from problems import BOYS, GIRLS, GOODS, Problem
from tokenizer import TURN_END, prompt_text

OWNERS: dict[str | None, int] = {owner: index for index, owner in enumerate([*GIRLS, *BOYS, *GOODS, None])}
"""Numbers of whose a number can be; the last is nobody's."""
# What is learnt at a position is packed into one number: the next token, the bearer and the want, 0 where there is none.
BEARER, WANT = 16, 24
NO_TOKEN, NO_HINT = (1 << BEARER) - 1, 0xFF


HINT_WEIGHT = 0.5
"""Beside the next token's cross-entropy."""


def story_bearers(text: str) -> dict[int, int]:
  """Whose each number of a story is, by the place of its first digit: of whom the sentence speaks, or of the good that costs
  so much. How many of a good are bought is left out: which good it is comes after the number."""
  bearers, start = {}, 0
  for sentence in re.split(r"(?<=[.?]) ", text):
    subject = re.match(r"(?:A |Then )?(\w+) ", sentence)[1]
    is_aside = re.search("also has|has a friend", sentence)
    for number in re.finditer(r"\d+", sentence):
      thing = re.match(r" (\w+)s\b", sentence[number.end() :])
      if not (thing and thing[1] in GOODS):
        bearers[start + number.start()] = OWNERS[subject if subject in OWNERS and not is_aside else None]
    start += len(sentence) + 1
  return bearers


def solution_hints(problem: Problem) -> tuple[dict[int, int], dict[int, int]]:
  """Whose each result is, and whose each operand, by the places of their first digits in the solution."""
  bearers, wants, start = {}, {}, 0
  for step, owners in zip(problem.steps, problem.owners):
    places = [start + number.start() for number in re.finditer(r"\d+", step)]
    a, b, result = (OWNERS[owner] for owner in owners)
    wants |= {places[0]: a, places[1]: b}
    bearers[places[2]] = result
    start += len(step) + 2
  return bearers, wants


def hinted_document(tokenizer: Tokenizer, problem: Problem, before: str, solution: str) -> Document:
  """A text that is only read and tells the story, and a solution that is learnt. Its numbers have hints where it is the
  problem's own, those of the story always."""
  prompt = tokenizer.encode(before, add_special_tokens=False)
  answer = tokenizer.encode(solution + TURN_END, add_special_tokens=False)
  ids = prompt.ids + answer.ids
  tokens = [NO_TOKEN] * len(prompt.ids) + answer.ids
  bearers, wants = [NO_HINT] * len(ids), [NO_HINT] * len(ids)
  shift = before.index(problem.problem)
  for place, owner in story_bearers(problem.problem).items():
    bearers[prompt.char_to_token(shift + place)] = owner
  results, operands = solution_hints(problem) if solution == problem.solution else ({}, {})
  for place, owner in results.items():
    bearers[len(prompt.ids) + answer.char_to_token(place)] = owner
  for place, owner in operands.items():
    wants[len(prompt.ids) + answer.char_to_token(place)] = owner
  packed = (token | bearer << BEARER | want << WANT
            for token, bearer, want in zip(tokens[1:], bearers[:-1], wants[1:]))
  nothing = NO_TOKEN | NO_HINT << BEARER | NO_HINT << WANT
  return ids[:-1], [IGNORED if target == nothing else target for target in packed]


def hinted_documents(tokenizer: Tokenizer, problems: list[Problem]) -> list[Document]:
  """Prompts and solutions, with all hints."""
  return [hinted_document(tokenizer, p, prompt_text(p.problem), p.solution) for p in problems]


class Student(Llama):
  """A policy with the two maps that read hints: wants behind the layer before the last, bearers half way up to it."""

  def __init__(self, configuration: ModelConfiguration):
    super().__init__(configuration)
    self.bearer = nn.Linear(configuration.width, len(OWNERS))
    self.want = nn.Linear(configuration.width, len(OWNERS))

  training_only = ("bearer.", "want.")
  """Prefixes of what no checkpoint holds."""

  def hidden(self, ids: Tensor, mask: Tensor, start: int = 0, caches=None) -> Tensor:
    """[rows, length, 3 · width] in training: what tokens, bearers and wants are read from. [rows, length, width] else."""
    if not self.training:
      return super().hidden(ids, mask, start, caches)
    heights = self.heights(ids, mask)
    plain = lambda x: F.rms_norm(x, x.shape[-1:])
    return torch.cat([self.model.norm(heights[-1]), plain(heights[(len(heights) - 2) // 2]), plain(heights[-2])], dim=-1)


def hinted_loss(model: Student, hidden: Tensor, targets: Tensor, weight: float) -> Tensor:
  """Cross-entropy of next tokens and, with a weight, of hints. The value is that of next tokens alone, the gradient that of all."""
  top, middle, upper = hidden.chunk(3, dim=-1)
  tokens, bearers, wants = targets & NO_TOKEN, targets >> BEARER & NO_HINT, targets >> WANT & NO_HINT
  spoken, borne, wanted = tokens != NO_TOKEN, bearers != NO_HINT, wants != NO_HINT
  hints = F.cross_entropy(model.bearer(middle[borne]), bearers[borne]) + F.cross_entropy(model.want(upper[wanted]), wants[wanted])
  return F.cross_entropy(model.logits(top[spoken]), tokens[spoken]) + weight * (hints - hints.detach())
