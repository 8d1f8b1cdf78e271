"""Facts about how policies are compared: `python -m unittest` in this folder."""

import contextlib
import io
import unittest

from evaluate import compare
from problems import LEVELS, Problem


class CompareTest(unittest.TestCase):
  def test_gains_are_paired_by_problem(self):
    problems = [Problem(str(index), level, "", "", "") for index, level in enumerate([1, 1, 1, 1, 2, 2])]
    before, after = [True, False, False, True, False, True], [True, True, True, False, True, True]
    with contextlib.redirect_stdout(io.StringIO()) as shown:
      compare(problems, before, after)
    gain, error = ([float(word) for word in line.split()[-len(LEVELS) - 1 :]] for line in shown.getvalue().splitlines())
    self.assertEqual(gain[:2] + gain[-1:], [25.0, 50.0, 33.3])
    # Level 1 gains 0, 1, 1 and -1: mean 1/4, deviation sqrt(3/4 - 1/16), over sqrt(4).
    self.assertEqual((error[0], error[1]), (41.5, 35.4))
    # All: 0, 1, 1, -1, 1, 0: sqrt(4/6 - 1/9) over sqrt(6).
    self.assertEqual(error[-1], 30.4)


if __name__ == "__main__":
  unittest.main()
