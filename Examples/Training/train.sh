#!/bin/sh
# Reproduces Examples/Problems and Examples/Models from nothing but fixed seeds.
#
#   ./train.sh                     the committed models
#   ./train.sh arithmetic-0.8M     one model; a reward model needs its policy
#
# PYTHON chooses the interpreter; without it a virtual environment is made in .venv.
set -eu
cd "$(dirname "$0")"

if [ -z "${PYTHON:-}" ]; then
  [ -x .venv/bin/python ] || { python3 -m venv .venv && .venv/bin/pip install -q -r requirements.txt; }
  PYTHON=.venv/bin/python
fi

"$PYTHON" problems.py
for model in ${*:-arithmetic-0.8M arithmetic-0.16M}; do
  case "$model" in
    *-prm-*)
      "$PYTHON" train_reward_model.py --config "$model"
      "$PYTHON" reference.py "../Models/$model" --reward-model ;;
    *)
      "$PYTHON" train.py --config "$model"
      "$PYTHON" reference.py "../Models/$model"
      "$PYTHON" evaluate.py "../Models/$model" --samples 16 ;;
  esac
done
