"""Facts about the generated problems: `python -m unittest` in this folder."""

import itertools
import unittest

from evaluate import arithmetic_holds, boxed_answer, is_true
from problems import EQUATIONS_OF_LEVEL, LARGEST_VALUE, LEVELS, Exclusion, generate, held_out, skeleton

SAMPLE = list(itertools.islice(generate(7), 2000))


class Problems(unittest.TestCase):
  def test_every_solution_is_arithmetically_sound_and_ends_in_the_answer(self):
    for problem in SAMPLE:
      self.assertTrue(arithmetic_holds(problem.solution), problem)
      self.assertEqual(boxed_answer(problem.solution), problem.answer)

  def test_the_level_counts_the_equations(self):
    for problem in SAMPLE:
      self.assertEqual(len(problem.steps) - 1, EQUATIONS_OF_LEVEL[problem.level], problem)

  def test_values_stay_in_range(self):
    for problem in SAMPLE:
      for equation in problem.steps[:-1]:
        self.assertTrue(0 <= int(equation.split("=")[1]) <= LARGEST_VALUE, problem)

  def test_the_same_seed_gives_the_same_problems(self):
    self.assertEqual(SAMPLE[:100], list(itertools.islice(generate(7), 100)))
    self.assertNotEqual(SAMPLE[0].problem, next(generate(8)).problem)

  def test_a_false_equation_is_seen(self):
    self.assertTrue(is_true("31+15=46") and is_true("345/5=69"))
    self.assertFalse(is_true("31+15=47") or is_true("346/5=69") or is_true("3/0=0") or is_true("31+15"))
    self.assertFalse(arithmetic_holds("31+15=46\n\nAnswer: \\boxed{47}"))


class HeldOut(unittest.TestCase):
  def test_the_committed_problems_are_those_of_the_generator(self):
    committed = held_out()
    self.assertEqual(committed, list(itertools.islice(generate(2026), len(committed))))
    self.assertEqual([p.level for p in committed], [LEVELS[i % len(LEVELS)] for i in range(len(committed))])

  def test_training_never_shows_a_held_out_problem_nor_one_that_differs_in_numbers_or_names_only(self):
    committed = held_out()
    texts, skeletons = {p.problem for p in committed}, {skeleton(p.problem) for p in committed}
    solutions = {p.solution for p in committed}
    for problem in itertools.islice(generate(1, Exclusion(committed)), 5000):
      self.assertNotIn(problem.problem, texts)
      self.assertNotIn(skeleton(problem.problem), skeletons)
      self.assertNotIn(problem.solution, solutions)

  def test_the_exclusion_covers_what_the_generator_gave_even_with_the_same_seed(self):
    some = list(itertools.islice(generate(1), 50))
    others = list(itertools.islice(generate(1, Exclusion(some)), 50))
    self.assertFalse({p.problem for p in some} & {p.problem for p in others})


if __name__ == "__main__":
  unittest.main()
