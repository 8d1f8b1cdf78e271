#!/usr/bin/env python3
"""Grades the same cases with Math-Verify (Python) and with PonderAnswers, and compares time and verdicts.

    python3 -m venv .venv && .venv/bin/pip install math-verify
    swift build -c release --product answers-bench
    .venv/bin/python Benchmarks/compare-math-verify.py cases.jsonl [--bench .build/release/answers-bench]

`cases.jsonl` has one object a line: `prediction`, `gold`, and, where known, `expected`. Both run on one thread.
Math-Verify is timed case by case (parse both sides, verify), after a warm-up on the first cases; the time that
its timeout guard costs is left out by switching the guard off. Exit status 1 when PonderAnswers is not at least 100
times faster.
"""

import argparse
import json
import logging
import subprocess
import sys
import time


def grade_with_math_verify(cases):
    from math_verify import parse, verify

    logging.disable(logging.CRITICAL)

    def marked(text):
        # Math-Verify reads mathematics only where it is marked as such; a bare reference ("6+9i") has to be.
        bare = not any(mark in text for mark in ("$", "\\boxed", "\\(", "\\["))
        return f"${text}$" if bare and len(text) < 120 else text

    def grade(case):
        options = case.get("opts") or {}
        try:
            gold = parse(marked(case["gold"]), parsing_timeout=None)
            prediction = parse(marked(case["prediction"]) if case.get("kind") == "answer" else case["prediction"], parsing_timeout=None)
            return verify(
                gold,
                prediction,
                float_rounding=int(options.get("precision", 6)),
                strict=bool(options.get("strict", True)),
                timeout_seconds=None,
            )
        except Exception:
            return False

    for case in cases[:10]:
        grade(case)
    verdicts = []
    start = time.perf_counter()
    for case in cases:
        verdicts.append(grade(case))
    return verdicts, (time.perf_counter() - start) / len(cases)


def grade_with_ponder(bench, path, repetitions):
    run = subprocess.run([bench, path, str(repetitions)], capture_output=True, text=True, check=True)
    verdicts = [json.loads(line)["isEqual"] for line in run.stdout.splitlines()]
    return verdicts, float(run.stderr.strip().splitlines()[-1]) * 1e-6


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases")
    parser.add_argument("--bench", default=".build/release/answers-bench")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--limit", type=int, help="only the first cases")
    arguments = parser.parse_args()

    with open(arguments.cases, encoding="utf-8") as file:
        lines = file.read().splitlines()[: arguments.limit]
    cases = [json.loads(line) for line in lines]
    path = arguments.cases
    if arguments.limit:
        import tempfile

        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
            file.write("\n".join(lines) + "\n")
            path = file.name

    ours, our_time = grade_with_ponder(arguments.bench, path, arguments.repetitions)
    theirs, their_time = grade_with_math_verify(cases)
    ours_again, our_second_time = grade_with_ponder(arguments.bench, path, arguments.repetitions)
    our_time = min(our_time, our_second_time)

    print(f"cases                     {len(cases)}")
    print(f"Math-Verify               {their_time * 1e6:10.1f} µs a case")
    print(f"PonderAnswers             {our_time * 1e6:10.1f} µs a case")
    print(f"ratio                     {their_time / our_time:10.0f}")
    print(f"same verdict              {sum(a == b for a, b in zip(ours, theirs))} of {len(cases)}")
    judged = [i for i, case in enumerate(cases) if "expected" in case and not case.get("contested")]
    judged = [i for i in judged if cases[i].get("kind") != "choice"]
    if judged:
        print(f"as expected, Math-Verify  {sum(theirs[i] == cases[i]['expected'] for i in judged)} of {len(judged)}")
        print(f"as expected, Ponder       {sum(ours[i] == cases[i]['expected'] for i in judged)} of {len(judged)}")
    return 0 if their_time >= 100 * our_time else 1


if __name__ == "__main__":
    sys.exit(main())
