"""A byte-level BPE tokenizer with single digits, and the Llama 3 special tokens and chat format."""

import itertools
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from problems import Problem

BEGIN, END, HEADER, HEADER_END, TURN_END = SPECIAL_TOKENS = [
  "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
]

# Llama 3's pattern, but with digits one by one (as in Qwen 2.5): a number's token is its digit.
PATTERN = (
  r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# The template of Llama 3, word for word.
CHAT_TEMPLATE = (
  "{% set loop_messages = messages %}{% for message in loop_messages %}"
  "{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
  "+ message['content'] | trim + '<|eot_id|>' %}"
  "{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
  "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}"
)


def turn(role: str, content: str) -> str:
  return f"{HEADER}{role}{HEADER_END}\n\n{content.strip()}{TURN_END}"


ANSWER = f"{HEADER}assistant{HEADER_END}\n\n"
"""What stands before an answer to come."""


def prompt_text(question: str) -> str:
  """What the policy is given: the question, and the header of the answer to come."""
  return f"{BEGIN}{turn('user', question)}{ANSWER}"


def train_tokenizer(vocabulary: int, problems: Iterable[Problem], count: int = 20_000) -> Tokenizer:
  tokenizer = Tokenizer(models.BPE())
  tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
    pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
    pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
  ])
  tokenizer.decoder = decoders.ByteLevel()
  texts = itertools.islice(problems, count)
  corpus = (part for p in texts for part in (p.problem, p.solution, "\n\n", "user", "assistant", "system"))
  tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(
    vocab_size=vocabulary - len(SPECIAL_TOKENS), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False))
  # As in Llama 3 the special tokens come after the others and a text begins with the beginning of text.
  tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL_TOKENS])
  tokenizer.post_processor = processors.Sequence([
    processors.ByteLevel(trim_offsets=False),
    processors.TemplateProcessing(
      single=f"{BEGIN} $A", pair=f"{BEGIN} $A {BEGIN} $B", special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))]),
  ])
  for token in ("\n\n", "+", "-", "*", "/", "=", *"0123456789"):
    ids = encode(tokenizer, token)
    assert len(ids) == 1, f"{token!r} should be one token, not {ids}"
  return tokenizer


def encode(tokenizer: Tokenizer, text: str) -> list[int]:
  """Ids of a text whose special tokens are written out, and nothing added."""
  return tokenizer.encode(text, add_special_tokens=False).ids


def save_tokenizer(tokenizer: Tokenizer, folder: Path, context: int) -> None:
  tokenizer.save(str(folder / "tokenizer.json"))
  special = {
    str(tokenizer.token_to_id(token)): {
      "content": token, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
    for token in SPECIAL_TOKENS
  }
  (folder / "tokenizer_config.json").write_text(json.dumps({
    "added_tokens_decoder": special, "bos_token": BEGIN, "chat_template": CHAT_TEMPLATE,
    "clean_up_tokenization_spaces": False, "eos_token": TURN_END,
    "model_input_names": ["input_ids", "attention_mask"], "model_max_length": context,
    "tokenizer_class": "PreTrainedTokenizerFast"}, indent=2) + "\n")


def load_tokenizer(folder: Path) -> Tokenizer:
  return Tokenizer.from_file(str(folder / "tokenizer.json"))
