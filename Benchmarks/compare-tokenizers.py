"""Encodes the same text with Ponder and with Hugging Face `tokenizers`, on one thread, in turns; best against best.

    swift build -c release --product tokenizer-bench
    python Benchmarks/compare-tokenizers.py TOKENIZER_JSON TEXT [--rounds 15]

Both are also compared for equal ids. `cold` is Ponder with an empty word cache for each round.
"""

import argparse
import os
import subprocess
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Tokenizer  # noqa: E402  (the environment is read on import)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("tokenizer", type=Path)
  parser.add_argument("text", type=Path)
  parser.add_argument("--rounds", type=int, default=15)
  arguments = parser.parse_args()

  root = Path(__file__).resolve().parent.parent
  text = arguments.text.read_text(encoding="utf-8")
  started = time.perf_counter()
  theirs = Tokenizer.from_file(str(arguments.tokenizer))
  theirs_loading = time.perf_counter() - started
  theirs.no_truncation()
  theirs.no_padding()
  ours = subprocess.Popen(
    [root / ".build/release/tokenizer-bench", arguments.tokenizer, arguments.text],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

  def ask(command: str) -> list[str]:
    ours.stdin.write(command + "\n")
    ours.stdin.flush()
    return ours.stdout.readline().split()

  loading = float(ours.stdout.readline().split()[1])
  same = [int(i) for i in ask("ids")] == theirs.encode(text, add_special_tokens=False).ids
  times: dict[str, list[float]] = {"Ponder": [], "Ponder, cold": [], "tokenizers": [], "tokenizers, fast": []}
  for _ in range(arguments.rounds):
    times["Ponder"].append(float(ask("warm")[0]))
    times["Ponder, cold"].append(float(ask("cold")[0]))
    started = time.perf_counter()
    theirs.encode(text, add_special_tokens=False)
    times["tokenizers"].append(time.perf_counter() - started)
    # Without offsets, which Ponder does not compute either.
    started = time.perf_counter()
    theirs.encode_batch_fast([text], add_special_tokens=False)
    times["tokenizers, fast"].append(time.perf_counter() - started)
  ours.stdin.close()
  ours.wait()

  megabytes = len(text.encode()) / 1e6
  print(f"{megabytes:.2f} MB, best of {arguments.rounds}, ids {'equal' if same else 'DIFFERENT'}")
  print(f"loading: Ponder {loading:.3f} s, tokenizers {theirs_loading:.3f} s")
  for name, seconds in times.items():
    best = min(seconds)
    print(f"{name:18} {best * 1e3:8.1f} ms {megabytes / best:8.1f} MB/s")


if __name__ == "__main__":
  main()
