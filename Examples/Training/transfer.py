"""What a policy has learnt since, given to a model that was made from it before."""

import torch
from torch import nn

from checkpoint import load_checkpoint
from trainer import MODELS, STATES


@torch.no_grad()
def add_difference(model: nn.Module, before: nn.Module, after: nn.Module) -> None:
  """Adds to every weight that the model shares with a policy how that weight has changed (task arithmetic, Ilharco et al.,
  arXiv:2212.04089)."""
  old, new, weights = before.state_dict(), after.state_dict(), dict(model.named_parameters())
  for name in old.keys() & weights.keys():
    weights[name] += (new[name] - old[name]).to(weights[name].device)


def enlarge(model: nn.Module, policy: str) -> None:
  """Gives it what the policy learnt about large numbers."""
  before, _ = load_checkpoint(STATES / f"{policy}-telling")
  after, _ = load_checkpoint(MODELS / policy)
  add_difference(model, before, after)
