"""The Llama architecture in plain PyTorch: training, generation with a key/value cache, and nothing else.

Parameter names are those of Hugging Face's `LlamaForCausalLM`, so that a checkpoint is the state dictionary.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
"""Where models live."""
torch.set_float32_matmul_precision("high")


@dataclass(frozen=True)
class ModelConfiguration:
  width: int
  layers: int
  heads: int
  kv_heads: int
  intermediate: int
  vocabulary: int
  context: int = 512
  rope_theta: float = 10_000.0
  norm_epsilon: float = 1e-5

  @property
  def head_width(self) -> int:
    return self.width // self.heads


def rotary_tables(configuration: ModelConfiguration) -> tuple[Tensor, Tensor]:
  """cos and sin [context, head width], both halves alike."""
  half = torch.arange(0, configuration.head_width, 2, dtype=torch.float64) / configuration.head_width
  angles = torch.outer(torch.arange(configuration.context, dtype=torch.float64), configuration.rope_theta**-half)
  angles = torch.cat([angles, angles], dim=-1)
  return angles.cos().float(), angles.sin().float()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
  a, b = x.chunk(2, dim=-1)
  return x * cos + torch.cat([-b, a], dim=-1) * sin


class RMSNorm(nn.Module):
  def __init__(self, width: int, epsilon: float):
    super().__init__()
    self.weight = nn.Parameter(torch.ones(width))
    self.epsilon = epsilon

  def forward(self, x: Tensor) -> Tensor:
    return F.rms_norm(x, x.shape[-1:], self.weight, self.epsilon)


class Cache:
  """Keys and values of one layer [rows, kv heads, room, head width], of which the first `length` are filled."""

  def __init__(self, c: ModelConfiguration, rows: int, room: int):
    self.keys = torch.empty(rows, c.kv_heads, room, c.head_width, device=DEVICE)
    self.values = torch.empty_like(self.keys)
    self.length = 0

  def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    end = self.length + k.shape[2]
    self.keys[:, :, self.length : end], self.values[:, :, self.length : end] = k, v
    self.length = end
    return self.keys[:, :, :end], self.values[:, :, :end]

  def select(self, rows: Tensor) -> None:
    """Row i becomes what row `rows[i]` was."""
    self.keys, self.values = self.keys[rows], self.values[rows]


class Attention(nn.Module):
  def __init__(self, c: ModelConfiguration):
    super().__init__()
    self.heads, self.kv_heads, self.head_width = c.heads, c.kv_heads, c.head_width
    self.q_proj = nn.Linear(c.width, c.heads * c.head_width, bias=False)
    self.k_proj = nn.Linear(c.width, c.kv_heads * c.head_width, bias=False)
    self.v_proj = nn.Linear(c.width, c.kv_heads * c.head_width, bias=False)
    self.o_proj = nn.Linear(c.heads * c.head_width, c.width, bias=False)

  def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: Cache | None) -> Tensor:
    rows, length, _ = x.shape
    split = lambda y, heads: y.view(rows, length, heads, self.head_width).transpose(1, 2)
    q = rotate(split(self.q_proj(x), self.heads), cos, sin)
    k = rotate(split(self.k_proj(x), self.kv_heads), cos, sin)
    v = split(self.v_proj(x), self.kv_heads)
    if cache is not None:
      k, v = cache.extend(k, v)
    group = self.heads // self.kv_heads
    if length == 1:  # the heads of a group are as many queries to the same keys
      y = F.scaled_dot_product_attention(q.view(rows, self.kv_heads, group, -1), k, v, attn_mask=mask)
      return self.o_proj(y.reshape(rows, 1, -1))
    k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)
    y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return self.o_proj(y.transpose(1, 2).reshape(rows, length, -1))


class FeedForward(nn.Module):
  def __init__(self, c: ModelConfiguration):
    super().__init__()
    self.gate_proj = nn.Linear(c.width, c.intermediate, bias=False)
    self.up_proj = nn.Linear(c.width, c.intermediate, bias=False)
    self.down_proj = nn.Linear(c.intermediate, c.width, bias=False)

  def forward(self, x: Tensor) -> Tensor:
    return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
  def __init__(self, c: ModelConfiguration):
    super().__init__()
    self.input_layernorm = RMSNorm(c.width, c.norm_epsilon)
    self.self_attn = Attention(c)
    self.post_attention_layernorm = RMSNorm(c.width, c.norm_epsilon)
    self.mlp = FeedForward(c)

  def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor, cache: Cache | None) -> Tensor:
    x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask, cache)
    return x + self.mlp(self.post_attention_layernorm(x))


class Backbone(nn.Module):
  def __init__(self, c: ModelConfiguration):
    super().__init__()
    self.embed_tokens = nn.Embedding(c.vocabulary, c.width)
    self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
    self.norm = RMSNorm(c.width, c.norm_epsilon)


class Llama(nn.Module):
  def __init__(self, configuration: ModelConfiguration):
    super().__init__()
    self.configuration = configuration
    self.model = Backbone(configuration)
    cos, sin = rotary_tables(configuration)
    self.register_buffer("cos", cos, persistent=False)
    self.register_buffer("sin", sin, persistent=False)
    # Residual branches start small, and the tied embedding starts at the scale of the output matrix.
    for name, parameter in self.named_parameters():
      if parameter.dim() == 2:
        deviation = 0.02 if "embed" in name else parameter.shape[1] ** -0.5
        if name.endswith(("o_proj.weight", "down_proj.weight")):
          deviation /= (2 * configuration.layers) ** 0.5
        nn.init.normal_(parameter, std=deviation)

  @property
  def parameter_count(self) -> int:
    return sum(parameter.numel() for parameter in self.parameters())

  def heights(self, ids: Tensor, mask: Tensor, start: int = 0, caches: list[Cache] | None = None) -> list[Tensor]:
    """ids [rows, length], mask [rows, 1, length, start + length] of what may be seen → behind each layer, before any norm,
    [rows, length, width]."""
    x, heights = self.model.embed_tokens(ids), []
    cos, sin = self.cos[start : start + ids.shape[1]], self.sin[start : start + ids.shape[1]]
    for index, layer in enumerate(self.model.layers):
      x = layer(x, cos, sin, mask, None if caches is None else caches[index])
      heights.append(x)
    return heights

  def hidden(self, ids: Tensor, mask: Tensor, start: int = 0, caches: list[Cache] | None = None) -> Tensor:
    """What logits are read from, [rows, length, width]."""
    return self.model.norm(self.heights(ids, mask, start, caches)[-1])

  def logits(self, hidden: Tensor) -> Tensor:
    return F.linear(hidden, self.model.embed_tokens.weight)

  @torch.inference_mode()
  def generate(self, prompts: list[list[int]], stop: int, limit: int = 256, temperature: float = 0.0,
               samples: int = 1, generator: torch.Generator | None = None) -> list[list[int]]:
    """Completions without the stop token: all samples of the first prompt, then those of the next.

    Temperature 0 is greedy. A prompt is computed once for all its samples.

    Prompts are padded on the left: rotary embedding depends on distances only, so where a row begins is no matter.
    """
    width = max(map(len, prompts))
    limit = min(limit, self.configuration.context - width)
    ids = torch.tensor([[stop] * (width - len(prompt)) + prompt for prompt in prompts], device=DEVICE)
    visible = torch.tensor([[False] * (width - len(prompt)) + [True] * len(prompt) for prompt in prompts], device=DEVICE)
    causal = torch.ones(width, width, dtype=torch.bool, device=DEVICE).tril()
    # A padding row sees itself, because a row that sees nothing is not a number.
    mask = (causal & visible[:, None, :] | torch.eye(width, dtype=torch.bool, device=DEVICE))[:, None]
    caches = [Cache(self.configuration, len(prompts), width + limit) for _ in self.model.layers]
    logits = self.logits(self.hidden(ids, mask, 0, caches)[:, -1])
    repeated = torch.arange(len(prompts), device=DEVICE).repeat_interleave(samples)
    logits, visible = logits[repeated], visible[repeated]
    for cache in caches:
      cache.select(repeated)
    written = torch.full((len(repeated), limit + 1), stop, device=DEVICE)
    rows, going = torch.arange(len(repeated), device=DEVICE), torch.ones_like(repeated, dtype=torch.bool)
    for position in range(width, width + limit):
      if temperature > 0:
        token = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]
      else:
        token = logits.argmax(-1)
      going &= token != stop
      written[rows[going], position - width] = token[going]
      if not going.any():
        break
      if going.float().mean() < 0.75:  # finished rows leave the batch, not each at once: it copies the cache
        rows, visible, token = rows[going], visible[going], token[going]
        for cache in caches:
          cache.select(going.nonzero()[:, 0])
        going = torch.ones_like(rows, dtype=torch.bool)
      visible = F.pad(visible, (0, 1), value=True)
      logits = self.logits(self.hidden(token[:, None], visible[:, None, None], position, caches)[:, -1])
    return [row[: row.index(stop)] for row in written.tolist()]
