"""Facts about what a policy is told besides the next token: `python -m unittest` in this folder."""

import itertools
import re
import tempfile
import unittest
from pathlib import Path

import torch

from batches import IGNORED
from checkpoint import load_checkpoint, save_checkpoint
from hints import (BEARER, NO_HINT, NO_TOKEN, OWNERS, WANT, Student, hinted_documents, hinted_loss, solution_hints,
                   story_bearers)
from model import ModelConfiguration
from problems import training_problems
from tokenizer import TURN_END, encode, prompt_text, train_tokenizer

PROBLEMS = list(itertools.islice(training_problems(9), 500))
OWNER = {number: owner for owner, number in OWNERS.items()}


def numbers(text: str) -> dict[int, str]:
  return {match.start(): match[0] for match in re.finditer(r"\d+", text)}


class Hints(unittest.TestCase):
  @classmethod
  def setUpClass(cls):
    cls.tokenizer = train_tokenizer(608, PROBLEMS, 500)

  def test_a_story_tells_whose_its_numbers_are(self):
    text = ("Ana has 20 nuts. Leo has 30 more nuts than Ana. Leo also has 5 pens. A lamp costs 12 coins. "
            "Then Ana has 2 times as many nuts as before. Ana buys 3 lamps. How many coins do 4 people pay?")
    told = {text[place : place + 2].strip(): OWNER[owner] for place, owner in story_bearers(text).items()}
    self.assertEqual(told, {"20": "Ana", "30": "Leo", "5": None, "12": "lamp", "2": "Ana", "4": None})

  def test_an_operand_is_of_whom_the_story_or_an_earlier_result_says(self):
    found = 0
    for problem in PROBLEMS:
      bearers, wants = solution_hints(problem)
      told, written = numbers(problem.problem), numbers(problem.solution)
      owners: dict[str, set[int | None]] = {}
      for place, number in told.items():
        owners.setdefault(number, set()).add(story_bearers(problem.problem).get(place))
      for place, number in written.items():
        if place in wants:
          possible = owners[number]
          if len(possible) == 1 and None not in possible:
            self.assertEqual({wants[place]}, possible, problem)
            found += 1
        elif place in bearers:
          owners.setdefault(number, set()).add(bearers[place])
    self.assertGreater(found, 3000)

  def test_documents_hold_the_solution_and_a_hint_at_each_number(self):
    for problem, (ids, targets) in zip(PROBLEMS, hinted_documents(self.tokenizer, PROBLEMS)):
      prompt, solution = (encode(self.tokenizer, text)
                          for text in (prompt_text(problem.problem), problem.solution + TURN_END))
      self.assertEqual(ids, (prompt + solution)[:-1])
      told = [target for target in targets if target != IGNORED]
      self.assertEqual([target & NO_TOKEN for target in told if target & NO_TOKEN != NO_TOKEN], solution)
      bearers = [target >> BEARER & NO_HINT for target in told if target >> BEARER & NO_HINT != NO_HINT]
      results, operands = solution_hints(problem)
      self.assertEqual(bearers, [*story_bearers(problem.problem).values(), *results.values()])
      wants = [(target & NO_TOKEN, target >> WANT) for target in told if target >> WANT != NO_HINT]
      first_digits = [encode(self.tokenizer, problem.solution[place])[0] for place in operands]
      self.assertEqual(wants, list(zip(first_digits, operands.values())))


class Students(unittest.TestCase):
  def test_hints_teach_and_leave_no_trace_in_the_checkpoint(self):
    torch.manual_seed(3)
    tokenizer = train_tokenizer(608, PROBLEMS, 500)
    student = Student(ModelConfiguration(32, 3, 2, 1, 64, 608))
    ids, targets = (torch.tensor([values]) for values in hinted_documents(tokenizer, PROBLEMS[:1])[0])
    mask, learnt = torch.ones(1, 1, ids.shape[1], ids.shape[1], dtype=torch.bool).tril(), targets != IGNORED
    loss = hinted_loss(student, student.hidden(ids, mask)[learnt], targets[learnt], 0.5)
    loss.backward()
    for name, parameter in student.named_parameters():
      self.assertGreater(parameter.grad.abs().sum().item(), 0, name)
    student.eval()
    spoken = targets & NO_TOKEN
    spoken[targets == IGNORED] = NO_TOKEN
    logits = student.logits(student.hidden(ids, mask))[spoken != NO_TOKEN]
    self.assertAlmostEqual(loss.item(), torch.nn.functional.cross_entropy(logits, spoken[spoken != NO_TOKEN]).item(), 4)
    with tempfile.TemporaryDirectory() as folder:
      save_checkpoint(student, tokenizer, Path(folder) / "student")
      policy, _ = load_checkpoint(Path(folder) / "student")
    self.assertEqual(set(policy.state_dict()), {name for name in student.state_dict() if not name.startswith(("bearer", "want"))})
    torch.testing.assert_close(policy.hidden(ids, mask), student.hidden(ids, mask), rtol=2e-2, atol=2e-2)


if __name__ == "__main__":
  unittest.main()
