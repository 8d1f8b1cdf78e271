"""Facts about labels, mistakes and targets: `python -m unittest`."""

import itertools
import random
import unittest

import torch

from corruption import EQUATION, corrupted, with_other_operand
from evaluate import is_true
from judging import NO_TOKEN, outcome_document, process_document, unpacked
from labels import exact_labels, exact_reading, first_flaw, possible_steps
from problems import training_problems
from tokenizer import train_tokenizer

PROBLEMS = list(itertools.islice(training_problems(8), 300))


class Labels(unittest.TestCase):
  def test_a_problem_s_own_solution_is_right(self):
    for problem in PROBLEMS:
      self.assertTrue(all(exact_labels(problem, problem.steps)))

  def test_all_behind_a_wrong_step_is_wrong(self):
    problem = next(p for p in PROBLEMS if len(p.steps) > 3)
    self.assertEqual(exact_labels(problem, [problem.steps[0], "1+1=3", *problem.steps[2:]]),
                     [True] + [False] * (len(problem.steps) - 1))

  def test_flaws_are_known_up_to_the_first_wrong_step(self):
    problem = next(p for p in PROBLEMS if len(p.steps) > 4)
    read = exact_reading(problem, "\n\n".join([problem.steps[0], "1+1=3", *problem.steps[2:]]))
    self.assertEqual(read.labels, [True] + [False] * (len(problem.steps) - 1))
    self.assertEqual((len(read.steps), len(read.flaws), read.first_wrong), (len(problem.steps), 2, 1))

  def test_a_flaw_is_the_first_character_that_cannot_be(self):
    self.assertEqual(first_flaw("12+30=43", ["12+30=42", "30+12=42"]), 7)
    self.assertEqual(first_flaw("12*30", ["12+30=42"]), 2)
    self.assertEqual(first_flaw("12+30", ["12+30=42"]), 4)  # it ends too early
    self.assertIsNone(first_flaw("30+12=42", ["12+30=42", "30+12=42"]))


  def test_space_around_a_step_is_no_part_of_it(self):
    problem = PROBLEMS[0]
    read = exact_reading(problem, problem.solution.replace("\n\n", " \n\n") + "\n\n ")
    self.assertEqual(read, exact_reading(problem, problem.solution))


class Mistakes(unittest.TestCase):
  def test_flaws_stand_where_steps_are_no_longer_possible(self):
    count = 0
    for problem in PROBLEMS:
      read = corrupted(problem, random.Random(problem.id))
      self.assertEqual(len(read.steps), len(problem.steps))
      for step, flaw in zip(read.steps, read.flaws):
        self.assertEqual(flaw is None, step in possible_steps(problem))
        count += flaw is not None
      self.assertEqual(read.labels[: read.first_wrong], [True] * read.first_wrong)
      self.assertTrue(all(label is None for label in read.labels[read.first_wrong + 1 :]))
    steps = sum(len(problem.steps) for problem in PROBLEMS)
    self.assertTrue(0.15 < count / steps < 0.3, count / steps)

  def test_another_operand_gives_a_true_equation(self):
    rng = random.Random(1)
    for problem in PROBLEMS:
      wrong = with_other_operand(problem.steps[0], ["7", "12", "3"], possible_steps(problem), rng)
      self.assertTrue(wrong is None or is_true(wrong) and EQUATION.fullmatch(wrong))


class Targets(unittest.TestCase):
  @classmethod
  def setUpClass(cls):
    cls.tokenizer = train_tokenizer(608, iter(PROBLEMS))

  def unpacked(self, document):
    ids, targets = document
    targets = torch.tensor(targets)
    kept = targets != -100
    return torch.tensor(ids)[kept], *unpacked(targets[kept])

  def test_the_token_before_a_token_of_a_step_foretells_it(self):
    for problem in PROBLEMS[:50]:
      read = corrupted(problem, random.Random(problem.id))
      for document in (process_document(self.tokenizer, problem, read), outcome_document(self.tokenizer, problem, read, True)):
        ids, tokens, _, _, inside, _ = self.unpacked(document)
        self.assertFalse(inside[0])
        self.assertTrue((tokens[:-1][inside[1:]] == ids[1:][inside[1:]]).all())
        self.assertTrue((tokens[:-1][~inside[1:]] == NO_TOKEN).all())

  def test_every_label_is_a_verdict_and_every_flaw_a_check(self):
    for problem in PROBLEMS[:50]:
      read = corrupted(problem, random.Random(problem.id))
      _, _, checks, verdicts, _, learnt = self.unpacked(process_document(self.tokenizer, problem, read))
      self.assertEqual((verdicts[verdicts > 0] == 2).tolist(), [label for label in read.labels if label is not None])
      self.assertEqual((checks == 1).sum().item(), sum(flaw is not None for flaw in read.flaws))
      self.assertEqual(bool(learnt.any()), True) if read.first_wrong > 0 else None

  def test_a_chat_has_one_verdict_at_its_end(self):
    problem = PROBLEMS[0]
    _, _, _, verdicts, _, _ = self.unpacked(
      outcome_document(self.tokenizer, problem, corrupted(problem, random.Random(0)), False))
    self.assertEqual(verdicts.tolist(), [0] * (len(verdicts) - 1) + [1])


if __name__ == "__main__":
  unittest.main()
