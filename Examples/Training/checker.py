"""A policy with layers on top that tell what was to be expected from what was not, and judge steps by it."""

import dataclasses

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from judging import NO_TOKEN, signs, unpacked
from model import Llama, ModelConfiguration, RMSNorm

CHECKING_LAYERS, JUDGING_LAYERS = 1, 1
"""On top of the policy, and on top of these: a layer sees what the layers under it found out at earlier tokens. What
compares a token with what the policy expected stands above the policy, and what judges a step by its tokens above that."""
LANGUAGE_SHARE, CHECK_SHARE = 0.5, 0.3
"""Weights of losses, beside those of surprise and verdicts."""
FLAW_WEIGHT = 5.0
"""Flaws are one token in forty."""


class Checker(Llama):
  """A language model with more layers, which change nothing at first (depth up-scaling, Kim et al., arXiv:2312.15166).

  In training it has heads at three heights: above the policy's own layers that of the language, above the checking layers
  one for the probability of the token just read, and one for whether the step is right so far; and verdicts at the top.
  """

  def __init__(self, policy: Llama):
    c = policy.configuration
    super().__init__(dataclasses.replace(c, layers=c.layers + CHECKING_LAYERS + JUDGING_LAYERS))
    self.policy_layers = c.layers
    self.load_state_dict(policy.state_dict(), strict=False)
    for layer in self.model.layers[c.layers :]:
      nn.init.zeros_(layer.self_attn.o_proj.weight)
      nn.init.zeros_(layer.mlp.down_proj.weight)
    self.expect = RMSNorm(c.width, c.norm_epsilon)
    self.expect.load_state_dict(policy.model.norm.state_dict())
    self.check = nn.Linear(c.width, 2)
    nn.init.zeros_(self.check.weight)
    nn.init.zeros_(self.check.bias)

  training_only = ("expect.", "check.")
  """Prefixes of what no checkpoint holds."""

  def hidden(self, ids: Tensor, mask: Tensor, start: int = 0, caches=None) -> Tensor:
    """[rows, length, 3 · width]: what language, checks and verdicts are read from."""
    heights, norm = self.heights(ids, mask, start, caches), self.model.norm
    checkable = heights[self.policy_layers + CHECKING_LAYERS - 1]
    return torch.cat([self.expect(heights[self.policy_layers - 1]), norm(checkable), norm(heights[-1])], dim=-1)


class CheckingLoss:
  """Cross-entropies of next tokens, of what was to be expected, of checks and of verdicts.

  The densest of them is *surprise*: after each token, the probability that the model itself gave it before. Whoever can
  tell that has compared the token with the expectation, which is most of what a judge needs, and which verdicts alone, one
  bit a step, teach very slowly. A verifier that goes on learning the language it reads in learns more from few verdicts
  (Cobbe et al., arXiv:2110.14168, §4).
  """

  def __init__(self, tokenizer: Tokenizer):
    self.signs = signs(tokenizer)

  def verdict(self, model: Llama, hidden: Tensor, right: Tensor) -> Tensor:
    """Of a process reward model: "+" against "-"."""
    return F.cross_entropy(model.logits(hidden)[:, self.signs], 1 - right)

  def __call__(self, model: Checker, hidden: Tensor, targets: Tensor) -> Tensor:
    """Positions in their order; the one before a position inside a step is always among them."""
    expecting, checkable, top = hidden.chunk(3, dim=-1)
    tokens, checks, verdicts, inside, learnt = unpacked(targets)
    loss = hidden.new_zeros(())
    spoken = tokens != NO_TOKEN
    logits = model.logits(expecting[spoken])
    expected = hidden.new_zeros(len(tokens))
    expected[spoken] = -F.cross_entropy(logits, tokens[spoken], reduction="none")
    if learnt.any():
      loss = loss - LANGUAGE_SHARE * expected[learnt].mean()
    if inside.any():
      heads = model.check(checkable)
      probability = expected.detach().exp().roll(1)
      loss = loss + F.binary_cross_entropy_with_logits(heads[inside, 0], probability[inside])
      if (checked := checks > 0).any():
        right = (checks[checked] - 1).float()
        loss = loss + CHECK_SHARE * F.binary_cross_entropy_with_logits(
          heads[checked, 1], right, weight=torch.where(right > 0, 1.0, FLAW_WEIGHT))
    if (judged := verdicts > 0).any():
      loss = loss + self.verdict(model, top[judged], verdicts[judged] - 1)
    return loss


class OutcomeLoss(CheckingLoss):
  """The same for the head of an outcome reward model, whose logit says how likely right is."""

  def verdict(self, model: Llama, hidden: Tensor, right: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(model.score(hidden)[:, 0], right.float())


def add_outcome_head(model: Checker, tokenizer: Tokenizer) -> None:
  """A score that begins as "+" against "-"."""
  plus, minus = signs(tokenizer)
  embedding = model.model.embed_tokens.weight
  model.score = nn.Linear(model.configuration.width, 1, bias=False)
  model.score.weight = nn.Parameter((embedding[plus] - embedding[minus]).detach()[None].clone())
