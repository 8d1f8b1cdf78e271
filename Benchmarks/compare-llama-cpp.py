"""Measures Ponder and llama.cpp on the same files, in turns, best against best, and prints the table of goals.

    swift build -c release --product ponder-bench
    python3 Benchmarks/compare-llama-cpp.py [--shape llama-3.2-1b] [--rows decode-1 Q4_0/prefill] [--rounds 2]

Installs llama-cpp-python from the package index into a virtual environment of its own, built for this processor from
its source distribution. Rows can be measured one by one: results gather in a JSON file, from which the table is made.
In the first round of a row every variant of llama.cpp runs; those that fall behind its best leave the later ones.
"""

import argparse
import contextlib
import datetime
import faulthandler
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.3.36"


@dataclass(frozen=True)
class Goal:
  """A row of the table: how many times better than llama.cpp Ponder must be."""
  title: str
  format: str
  workload: str
  must: float | None
  stretch: float | None
  shares_prompt: bool = True  # whether llama.cpp may keep the prompt that all candidates have
  variant: str = ""  # the only one of llama.cpp that counts; its best if there is none

  @property
  def kind(self) -> str:
    return self.workload.split("-")[0]

  @property
  def has_one_sequence(self) -> bool:
    """Then a buffer a sequence and one for all are the same."""
    return self.workload.startswith(("prefill", "decode-1-"))

  @property
  def key(self) -> str:
    return f"{self.format}/{self.workload}" + ("" if self.shares_prompt else "-unshared") + self.variant


def decode(candidates: int, prompt: int) -> str:
  return f"decode-{candidates}-{prompt}-{max(8, min(32, 128 // candidates))}"


GOALS = [
  Goal("decode, 1 candidate", "Q8_0", decode(1, 256), 1.5, 1.65),
  Goal("decode, 1 candidate", "Q4_0", decode(1, 256), 1.6, 1.85),
  Goal("prefill 512", "Q8_0", "prefill-512", 4, 5),
  Goal("prefill 512", "Q4_0", "prefill-512", 2.5, 3),
  *[Goal(f"{n} candidates, shared prompt 256", "Q8_0", decode(n, 256), must, stretch)
    for n, must, stretch in [(4, 2.5, 3), (8, 3.4, 4), (16, 4, 6), (32, 4, 6), (64, 4, 6)]],
  *[Goal(f"{n} candidates, shared prompt 256", "Q4_0", decode(n, 256), must, stretch)
    for n, must, stretch in [(4, None, None), (8, None, None), (16, None, None), (32, 2.8, 4), (64, 2.8, 4)]],
  *[Goal(f"{n} candidates, shared prompt 1024", "Q4_0", decode(n, 1024), 5, 8) for n in (16, 32)],
  Goal("scoring 16 × (256 + 256)", "Q8_0", "score-16-256-256", 4, 5),
  Goal("scoring 16 × (256 + 256), prompt read each time", "Q8_0", "score-16-256-256", 7, 9, shares_prompt=False),
  Goal("memory, 64 × 256 behind 1024, a cache a sequence", "Q8_0", "memory-64-1024-256", 4.7, 8, variant="streams"),
  Goal("memory, 64 × 256 behind 1024", "Q8_0", "memory-64-1024-256", None, None, variant="unified"),
]

# Beyond the table of goals; measured when asked for by name.
MORE = [
  *[Goal(title, format, workload, None, None)
    for format in ("F32", "F16", "BF16", "Q4_K", "Q5_K", "Q6_K")
    for title, workload in [
      ("decode, 1 candidate", decode(1, 256)), ("prefill 512", "prefill-512"),
      ("16 candidates, shared prompt 256", decode(16, 256)), ("32 candidates, shared prompt 256", decode(32, 256)),
    ]],
]


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--rows", nargs="*", help="parts of row names such as Q8_0/decode-4-; all by default")
  parser.add_argument("--list", action="store_true", help="name the rows")
  parser.add_argument("--table", action="store_true", help="print the table of earlier results, measure nothing")
  parser.add_argument("--shape", default="llama-3.2-1b")
  parser.add_argument("--rounds", type=int, default=2, help="of which the best counts, for each side")
  parser.add_argument("--threads", type=int, default=os.cpu_count())
  parser.add_argument("--variants", nargs="*", help="of llama.cpp: unified, unified+flash, streams, streams+flash")
  parser.add_argument("--micro-batch", type=int, default=512, help="tokens that llama.cpp computes at once at most")
  parser.add_argument("--minutes", type=float, help="begin no row after so many; what is left out is named")
  parser.add_argument("--limit", type=int, default=900, help="seconds that one run of either engine may take at most")
  parser.add_argument("--contended", action="store_true", help="beside a busy process")
  parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ponder-bench",
                      help="for checkpoints, results and the environment")
  parser.add_argument("--environment", type=Path, help="virtual environment that has llama-cpp-python or is to get it")
  parser.add_argument("--results", type=Path, help="JSON file in which results gather")
  parser.add_argument("--add", action="store_true", help="keep earlier readings of the same rows beside the new ones")
  parser.add_argument("--bench", type=Path, default=ROOT / ".build/release/ponder-bench")
  parser.add_argument("--no-check", action="store_true", help="do not compare greedy tokens first")
  arguments = parser.parse_args()
  arguments.results = arguments.results or arguments.folder / f"results-{arguments.shape}.json"

  goals = [goal for goal in GOALS + (MORE if arguments.rows else [])
           if not arguments.rows or any(part in goal.key + "-" for part in arguments.rows)]
  if arguments.list:
    print("\n".join(goal.key for goal in GOALS + MORE))
    return
  if not arguments.table:
    enter_environment(arguments.environment or arguments.folder / "environment")
    measure(goals, arguments)
  print(table(load(arguments.results)))


# The environment

def enter_environment(folder: Path) -> None:
  """Goes on in the virtual environment, which is made if it is not there."""
  python = folder / "bin/python"
  if Path(sys.prefix).resolve() == folder.resolve():
    return
  if not python.exists():
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
  found = subprocess.run([python, "-c", "import llama_cpp, numpy"], capture_output=True)
  if found.returncode != 0:
    print("building llama.cpp for this processor: a few minutes", file=sys.stderr)
    flags = "-DGGML_NATIVE=ON -DCMAKE_BUILD_TYPE=Release"
    subprocess.run(
      [python, "-m", "pip", "install", "--no-binary", "llama-cpp-python", f"llama-cpp-python=={VERSION}", "numpy"],
      env=os.environ | {"CMAKE_ARGS": flags}, check=True, stdout=sys.stderr)
  os.execv(python, [python, *sys.argv])


# Measuring

class Ponder:
  """`ponder-bench serve` at the other end of a pipe."""

  def __init__(self, bench: Path, options: list[str]):
    self.process = subprocess.Popen(
      [bench, "serve", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    self.description = self._read()

  def run(self, workload: str, contended: bool = False) -> dict:
    return self.ask(("contended " if contended else "") + workload)

  def ask(self, line: str):
    self.process.stdin.write(line + "\n")
    self.process.stdin.flush()
    return self._read()

  def close(self) -> None:
    self.process.stdin.close()
    self.process.wait()

  def _read(self):
    line = self.process.stdout.readline()
    if not line:
      sys.exit(f"{self.process.args[0]} ended with {self.process.wait()}")
    return json.loads(line)


class Busy:
  """A process that always wants a processor."""

  def __enter__(self) -> None:
    self.process = subprocess.Popen(["/bin/sh", "-c", "while :; do :; done"])

  def __exit__(self, *_) -> None:
    self.process.kill()
    self.process.wait()


def measure(goals: list[Goal], arguments: argparse.Namespace) -> None:
  import llama_peer

  if not arguments.no_check:
    check(arguments)
  variants = [variant for variant in llama_peer.VARIANTS
              if not arguments.variants or str(variant) in arguments.variants]
  progress = Progress(goals, arguments.minutes)
  # Variants that were far behind in a row of the same kind, by format and kind.
  far_behind: dict[tuple[str, str], set[str]] = {}
  for format in dict.fromkeys(goal.format for goal in goals):
    options = ["--shape", arguments.shape, "--format", format, "--folder", str(arguments.folder)]
    file = subprocess.run(
      [arguments.bench, "make", *options], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    options += ["--threads", str(arguments.threads)]
    ponder = Ponder(arguments.bench, options)
    peer = llama_peer.LlamaPeer(file, arguments.threads, arguments.micro_batch)
    for goal in [goal for goal in goals if goal.format == format]:
      if progress.is_over:
        progress.skip(goal)
        continue
      result = {
        "ponder": [], "peer": {}, "shape": arguments.shape, "contended": arguments.contended,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": ponder.description["machine"], "threads": arguments.threads, "commit": commit(),
        "peer version": f"llama-cpp-python {VERSION}", "peer system": llama_peer.description(),
      }
      if goal.kind == "memory":
        # What earlier rows have given back would be taken again, and nothing would grow.
        ponder.close()
        ponder = Ponder(arguments.bench, options)
      behind = far_behind.setdefault((format, goal.kind), set())
      measure_row(goal, [variant for variant in variants if str(variant) not in behind], ponder, peer, result, arguments)
      if len(result["peer"]) > 1 and not goal.has_one_sequence:
        behind |= {variant for variant, readings in result["peer"].items()
                   if max(map(value, readings)) < FAR * value_of_best(result["peer"])}
      progress.advance(goal, result)
      save(arguments.results, goal.key + (" contended" if arguments.contended else ""), result, arguments.add)
    peer.close()
    ponder.close()
  progress.finish()


def measure_row(goal: Goal, variants: list, ponder: Ponder, peer, result: dict, arguments: argparse.Namespace) -> None:
  """Both engines in turn, round by round; the contexts of llama.cpp stay as they are between rounds."""
  with contextlib.ExitStack() as stack:
    running = {}
    for variant in variants:
      if goal.variant in ("", str(variant)) and (variant.unified or not goal.has_one_sequence):
        with time_limit(arguments.limit):
          running[str(variant)] = stack.enter_context(peer.session(goal.workload, variant, goal.shares_prompt))
    # Scoring takes minutes, and memory is the same each time.
    for _ in range(1 if goal.kind in ("score", "memory") else arguments.rounds):
      with time_limit(arguments.limit):
        result["ponder"].append(ponder.run(goal.workload, arguments.contended))
      for variant, session in running.items():
        with time_limit(arguments.limit), Busy() if arguments.contended else contextlib.nullcontext():
          result["peer"].setdefault(variant, []).append(session.run())
      best_value = value_of_best(result["peer"])
      running = {variant: session for variant, session in running.items()
                 if value(result["peer"][variant][-1]) >= CLOSE * best_value}


# Variants of llama.cpp that are slower than this part of its best are not run again.
CLOSE = 0.9
# And below this part they are not tried with more candidates.
FAR = 0.75


@contextlib.contextmanager
def time_limit(seconds: int):
  """Ends the process with a traceback where what is inside takes longer, in a foreign library too."""
  faulthandler.dump_traceback_later(seconds, exit=True)
  try:
    yield
  finally:
    faulthandler.cancel_dump_traceback_later()


def check(arguments: argparse.Namespace) -> None:
  """Both engines must say the same of the same file, or they do not do the same work."""
  import llama_peer

  data = Path(os.environ.get("PONDER_TEST_DATA", ROOT.parent / "shared/data"))
  file = data / "models/stories260K/gguf/stories260K-F32.gguf"
  options = ["--model", str(file)]
  if not file.exists():
    options = ["--shape", "tiny", "--format", "F32", "--folder", str(arguments.folder)]
    made = subprocess.run([arguments.bench, "make", *options], check=True, stdout=subprocess.PIPE, text=True)
    file = Path(made.stdout.strip())
  prompt = [(37 * i + 5) % 400 + 3 for i in range(12)]
  ponder = Ponder(arguments.bench, options)
  ours = ponder.ask(f"greedy 48 {','.join(map(str, prompt))}")
  ponder.close()
  peer = llama_peer.LlamaPeer(str(file), arguments.threads)
  theirs = peer.greedy(48, prompt)
  peer.close()
  if ours != theirs:
    sys.exit(f"the greedy tokens of {file.name} differ:\n  Ponder    {ours}\n  llama.cpp {theirs}")
  print(f"48 greedy tokens of {file.name} agree", file=sys.stderr)


class Progress:
  """Lines on standard error with the time left."""

  def __init__(self, goals: list[Goal], minutes: float | None):
    self.total, self.done, self.start = len(goals), 0, time.monotonic()
    self.minutes, self.skipped = minutes, []

  @property
  def seconds(self) -> float:
    return time.monotonic() - self.start

  @property
  def is_over(self) -> bool:
    return self.minutes is not None and self.seconds > 60 * self.minutes

  def advance(self, goal: Goal, result: dict) -> None:
    self.done += 1
    left = self.seconds / self.done * (self.total - self.done)
    ours, theirs, variant = best(result)
    others = ", ".join(f"{name} {max(map(value, readings)):.4g}" for name, readings in result["peer"].items())
    print(f"{self.done}/{self.total} {goal.key}: {ours:.4g} against {theirs:.4g} ({others}); "
          f"{self.seconds:.0f} s, about {left:.0f} s left", file=sys.stderr)

  def skip(self, goal: Goal) -> None:
    self.total -= 1
    self.skipped.append(goal.key)

  def finish(self) -> None:
    print(f"measured in {self.seconds:.0f} s", file=sys.stderr)
    if self.skipped:
      print("not measured, the time was over: " + " ".join(self.skipped), file=sys.stderr)


# Results

def commit() -> str:
  result = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
  return result.stdout.strip()


def load(path: Path) -> dict:
  return json.loads(path.read_text()) if path.exists() else {}


def save(path: Path, key: str, result: dict, adds: bool) -> None:
  results = load(path)
  if adds and key in results:
    earlier = results[key]
    result["ponder"] = earlier["ponder"] + result["ponder"]
    for variant, readings in earlier["peer"].items():
      result["peer"][variant] = readings + result["peer"].get(variant, [])
  path.parent.mkdir(parents=True, exist_ok=True)
  temporary = path.with_suffix(".partial")
  temporary.write_text(json.dumps(results | {key: result}, indent=1))
  temporary.replace(path)


def value(reading: dict) -> float:
  """Tokens a second, or megabytes."""
  if "speed" in reading:
    return reading["speed"]["tokens"] / reading["speed"]["seconds"]
  return reading["memory"]["bytes"] / 1e6


def best(result: dict) -> tuple[float, float, str]:
  """Ours, the peer's, and the variant of the peer's best."""
  choose = min if "memory" in result["ponder"][0] else max
  ours = choose(value(reading) for reading in result["ponder"])
  theirs, variant = choose(
    (choose(value(reading) for reading in readings), variant) for variant, readings in result["peer"].items())
  return ours, theirs, variant


def value_of_best(readings: dict) -> float:
  return max(value(reading) for of_variant in readings.values() for reading in of_variant)


def table(results: dict) -> str:
  goals = {goal.key: goal for goal in GOALS + MORE}
  lines = [
    "| workload | format | Ponder | llama.cpp | its variant | ratio | must | stretch | |",
    "|---|---|---|---|---|---|---|---|---|",
  ]
  for key in [key for goal in goals for key in (goal, goal + " contended") if key in results]:
    goal, result = goals[key.removesuffix(" contended")], results[key]
    ours, theirs, variant = best(result)
    is_memory = "memory" in result["ponder"][0]
    ratio = theirs / ours if is_memory else ours / theirs
    unit = "MB" if is_memory else "tok/s"
    verdict = "" if goal.must is None else "misses" if ratio < goal.must else \
      "meets" if ratio < goal.stretch else "meets stretch"
    title = goal.title + (", beside a busy process" if result["contended"] else "")
    lines.append(
      f"| {title} | {goal.format} | {ours:.4g} {unit} | {theirs:.4g} {unit} | {variant} | **{ratio:.2f}×** "
      f"| {goal.must or '–'} | {goal.stretch or '–'} | {verdict} |")
  if results:
    latest = max(results.values(), key=lambda result: result["date"])
    machine = latest["machine"]
    lines += ["", f"{machine['processor']}, {latest['threads']} threads, {machine['instructionSet']}, Swift "
              f"{machine['build']} build {latest['commit']}, {latest['peer version']}, {latest['date']}",
              latest["peer system"]]
  return "\n".join(lines)


if __name__ == "__main__":
  main()
