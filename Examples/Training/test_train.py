"""Facts about how policies are trained: `python -m unittest` in this folder."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

import train


class LengthenedTest(unittest.TestCase):
  def test_a_longer_course_begins_with_the_finished_ones_state_and_leaves_it_as_it_is(self):
    course = train.POLICIES["arithmetic-0.16M"].courses[-1]
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(train, "STATES", Path(folder)):
      finished, further = Path(folder, "a-enlarging.pt"), Path(folder, "a-further.pt")
      finished.write_bytes(b"finished")
      longer = train.lengthened("a", course, 2000)
      self.assertEqual(further.read_bytes(), b"finished")
      further.write_bytes(b"on its way")
      train.lengthened("a", course, 2000)
      self.assertEqual((finished.read_bytes(), further.read_bytes()), (b"finished", b"on its way"))
      self.assertEqual(course.stage.rate(course.stage.steps), 0)
      # 2000 of 10,000 steps are left of a fall that takes the last 9000.
      self.assertAlmostEqual(longer.stage.rate(course.stage.steps), 2 / 9)

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
