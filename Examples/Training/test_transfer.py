"""Facts about what a model is given of what its policy has learnt since: `python -m unittest` in this folder."""

import unittest

import torch

from checker import Checker
from model import Llama, ModelConfiguration
from transfer import add_difference

CONFIGURATION = ModelConfiguration(16, 2, 2, 1, 32, 40)


class Transfer(unittest.TestCase):
  def test_a_checker_keeps_its_own_change_and_its_own_layers_and_gains_the_policy_s(self):
    torch.manual_seed(3)
    before, after = Llama(CONFIGURATION), Llama(CONFIGURATION)
    checker = Checker(before)
    for parameter in checker.parameters():
      parameter.data += 0.125
    was = {name: value.clone() for name, value in checker.state_dict().items()}
    add_difference(checker, before, after)
    old, new, now = before.state_dict(), after.state_dict(), checker.state_dict()
    self.assertTrue(old.keys() < now.keys())
    for name, value in now.items():
      expected = new[name] + 0.125 if name in new else was[name]
      torch.testing.assert_close(value, expected)


if __name__ == "__main__":
  unittest.main()
