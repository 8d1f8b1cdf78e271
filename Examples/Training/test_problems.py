"""Facts about the generated problems: `python -m unittest` in this folder."""

import itertools
import unittest

from evaluate import arithmetic_holds, boxed_answer, is_true
from problems import (HELD_OUT, LARGE, LEVELS, PROBLEMS, SEED, SMALL, held_out, is_reserved,
                      is_trainable, load, of_level, reserved_problems, skeleton, training_problems, window_of_problems)

SAMPLE = list(itertools.islice(training_problems(7), 2000))
SMALL_SAMPLE = list(itertools.islice(training_problems(7, sizes=SMALL), 500))


class Problems(unittest.TestCase):
  def test_every_solution_is_arithmetically_sound_and_ends_in_the_answer(self):
    for problem in SAMPLE + held_out():
      self.assertTrue(arithmetic_holds(problem.solution), problem)
      self.assertEqual(boxed_answer(problem.solution), problem.answer)

  def test_training_has_solutions_of_the_wanted_lengths_in_turn(self):
    for index, problem in enumerate(SAMPLE):
      self.assertEqual(len(problem.steps) - 1, LARGE.lengths[index % len(LARGE.lengths)], problem)

  def test_values_stay_in_range(self):
    for sizes, problems in ((LARGE, SAMPLE), (SMALL, SMALL_SAMPLE)):
      for problem in problems:
        for step in problem.steps[:-1]:
          self.assertTrue(0 <= int(step.split("=")[1]) <= sizes.largest_value, problem)

  def test_a_problem_depends_on_the_seed_and_its_index_only(self):
    self.assertEqual(SAMPLE[100:200], list(itertools.islice(training_problems(7, 100), 100)))
    self.assertNotEqual(SAMPLE[0].problem, next(training_problems(8)).problem)

  def test_small_numbers_stay_beside_large_ones(self):
    window = window_of_problems(7, 1, 100, LARGE)
    self.assertEqual(window[:100], SAMPLE[100:200])
    self.assertEqual(window[100:], window_of_problems(7, 1, 25, SMALL))
    self.assertEqual(window[100:], SMALL_SAMPLE[25:50])

  def test_a_false_equation_is_seen(self):
    self.assertTrue(is_true("31+15=46") and is_true("345/5=69"))
    self.assertFalse(is_true("31+15=47") or is_true("346/5=69") or is_true("3/0=0") or is_true("31+15"))
    self.assertFalse(arithmetic_holds("31+15=46\n\nAnswer: \\boxed{47}"))


class HeldOut(unittest.TestCase):
  def test_the_committed_problems_are_those_of_the_generator(self):
    for number in LEVELS:
      committed = [problem for problem in load(PROBLEMS / "test.jsonl") if problem.level == number]
      self.assertEqual(len(committed), HELD_OUT["test"])
      self.assertEqual(committed[:3], list(itertools.islice(reserved_problems(SEED, number), 3)))

  def test_the_level_counts_the_equations_and_bounds_the_spare_numbers(self):
    for problem in held_out():
      level, numbers = LEVELS[problem.level], skeleton(problem.problem).count("#")
      self.assertEqual(len(problem.steps) - 1, level.equations, problem)
      self.assertLessEqual(numbers, level.equations + 1 + level.spare[-1], problem)

  def test_more_of_a_level_are_those_behind_the_committed_ones(self):
    for number in (1, 5):
      self.assertEqual(of_level(number, 2, 3), list(itertools.islice(reserved_problems(SEED, number), 5))[2:])

  def test_no_two_committed_problems_differ_in_numbers_only(self):
    self.assertEqual(len({skeleton(problem.problem) for problem in held_out()}), len(held_out()))

  def test_what_is_reserved_is_never_trained_on_nor_shown_with_other_numbers_or_names(self):
    committed = held_out()
    self.assertTrue(all(is_reserved(p.problem, p.solution) for p in committed))
    self.assertTrue(all(is_trainable(p.problem, p.solution) for p in SAMPLE))
    skeletons, solutions = {skeleton(p.problem) for p in committed}, {p.solution for p in committed}
    for problem in itertools.chain(SAMPLE, itertools.islice(training_problems(1), 5000)):
      self.assertNotIn(skeleton(problem.problem), skeletons)
      self.assertNotIn(problem.solution, solutions)


if __name__ == "__main__":
  unittest.main()
