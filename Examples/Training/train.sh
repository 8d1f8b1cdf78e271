#!/bin/sh
# Reproduces Examples/Problems and Examples/Models from nothing but fixed seeds. Killed, it goes on where it was.
#
#   ./train.sh                        the committed models
#   ./train.sh arithmetic-0.8M        one model; a reward model and a reviser need their policy
#
# Results are printed, progress goes to standard error. A GPU is used where there is one; WORKERS processes prepare problems for
# it. PYTHON chooses the interpreter; without it a virtual environment is made in .venv. Removing .state begins again.
set -eu
cd "$(dirname "$0")"

if [ -z "${PYTHON:-}" ]; then
  if [ ! -x .venv/bin/python ]; then
    rm -rf .venv.new
    python3 -m venv .venv.new && .venv.new/bin/python -m pip install -q -r requirements.txt
    mv .venv.new .venv
  fi
  PYTHON=.venv/bin/python
fi

"$PYTHON" problems.py
committed="arithmetic-3.3M arithmetic-0.8M arithmetic-0.16M arithmetic-prm-1.2M arithmetic-prm-rollouts-1.2M arithmetic-orm-1.2M
arithmetic-reviser-0.16M"
workers="--workers ${WORKERS:-0}"
for model in ${*:-$committed}; do
  case "$model" in
    *-prm-* | *-orm-*) "$PYTHON" train_reward_model.py --config "$model" $workers ;;
    *-reviser-*) "$PYTHON" train_reviser.py $workers ;;
    *) "$PYTHON" train.py --config "$model" $workers && "$PYTHON" evaluate.py "../Models/$model" --samples 16 ;;
  esac
  "$PYTHON" reference.py "../Models/$model"
done
