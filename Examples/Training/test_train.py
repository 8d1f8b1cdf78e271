"""Facts about how policies are trained: `python -m unittest` in this folder."""

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

import train


class CoursesTest(unittest.TestCase):
  def test_what_goes_on_begins_at_the_rate_of_a_longer_course_and_with_other_problems(self):
    course = train.POLICIES["arithmetic-0.16M"].courses[-1]
    more, steps = train.further(course, 2000).stage, course.stage.steps
    longer = replace(course.stage, steps=steps + 2000)
    rate = lambda stage, step: stage.matrix_rate * stage.rate(step)
    for step in (100, 1000, 1999):
      self.assertAlmostEqual(rate(more, step), rate(longer, steps + step), places=12)
    self.assertEqual((more.rate(2000), course.stage.rate(steps)), (0, 0))
    self.assertAlmostEqual(more.other_rate / more.matrix_rate, course.stage.other_rate / course.stage.matrix_rate)
    self.assertNotIn(more.seed, [taken.stage.seed for taken in train.POLICIES["arithmetic-0.16M"].courses])

  def test_a_tokenizer_made_by_another_training_meanwhile_is_taken(self):
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(train, "STATES", Path(folder)):
      other = Path(folder, "tokenizer")

      def made_meanwhile(*_):
        other.mkdir()
        Path(other, "tokenizer.json").write_text("the other's")

      with mock.patch.object(train, "train_tokenizer"), mock.patch.object(train, "save_tokenizer", made_meanwhile), \
          mock.patch.object(train, "load_tokenizer", lambda path: Path(path, "tokenizer.json").read_text()):
        self.assertEqual(train.the_tokenizer(), "the other's")
      self.assertEqual([path.name for path in Path(folder).iterdir()], ["tokenizer"])


if __name__ == "__main__":
  unittest.main()
