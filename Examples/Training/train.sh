#!/bin/sh
# Reproduces Examples/Problems and Examples/Models from nothing but fixed seeds.
#
#   ./train.sh                     everything
#   ./train.sh arithmetic-0.8M     one policy
#
# PYTHON chooses the interpreter; without it a virtual environment is made in .venv.
set -eu
cd "$(dirname "$0")"

if [ -z "${PYTHON:-}" ]; then
  [ -x .venv/bin/python ] || { python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt; }
  PYTHON=.venv/bin/python
fi

"$PYTHON" problems.py
for policy in ${*:-arithmetic-0.8M arithmetic-0.16M}; do
  "$PYTHON" train.py --config "$policy"
  "$PYTHON" reference.py "../Models/$policy"
  "$PYTHON" evaluate.py "../Models/$policy" --samples 16
done
