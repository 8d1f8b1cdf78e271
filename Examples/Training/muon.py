"""The Muon optimizer for many small matrices on a CPU."""

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn


def orthogonalized(matrices: Tensor, iterations: int = 5) -> Tensor:
  """[count, rows, columns], rows ≤ columns → each with singular values near 1, by Newton and Schulz's iteration."""
  a, b, c = 3.4445, -4.7750, 2.0315
  x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
  for _ in range(iterations):
    gram = x @ x.mT
    x = a * x + (b * gram + c * gram @ gram) @ x
  return x


class Muon(torch.optim.Optimizer):
  """Momentum whose update is orthogonalized (Jordan et al. 2024), with Nesterov's look ahead.

  The update has the root mean square that AdamW's has, 0.2 × the learning rate (Liu et al., arXiv:2502.16982), as
  `torch.optim.Muon` with `match_rms_adamw`. That one works in bfloat16 and matrix by matrix, which a CPU without
  bfloat16 does fifteen times slower than this: float32, and all matrices of one shape at once.
  """

  def __init__(self, matrices: Iterable[nn.Parameter], lr: float, momentum: float = 0.95):
    super().__init__(matrices, {"lr": lr, "momentum": momentum})

  @torch.no_grad()
  def step(self, closure=None) -> None:
    for group in self.param_groups:
      alike: defaultdict[torch.Size, list[nn.Parameter]] = defaultdict(list)
      for matrix in group["params"]:
        alike[matrix.shape].append(matrix)
      for (rows, columns), matrices in alike.items():
        gradients = torch.stack([matrix.grad for matrix in matrices])
        state = self.state[matrices[0]]
        momentum = state.setdefault("momentum", torch.zeros_like(gradients))
        momentum.lerp_(gradients, 1 - group["momentum"])
        ahead = gradients.lerp_(momentum, group["momentum"])
        updates = orthogonalized(ahead if rows <= columns else ahead.mT)
        updates = updates if rows <= columns else updates.mT
        scale = -group["lr"] * 0.2 * max(rows, columns) ** 0.5
        torch._foreach_add_(matrices, list(updates.unbind()), alpha=scale)
