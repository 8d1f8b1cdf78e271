# Everything a newcomer types. Each target installs what is missing by itself.
.PHONY: help demo study examples test test-neon lint format import-check setup clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: setup ## watch a small model solve more the longer it thinks, in under two minutes
	@swift run -c release ponder-demo

study: setup ## measure every strategy against larger models, about two hours; killed, it goes on where it was
	@swift run -c release scaling-study
	@swift run -c release scaling-study --policy Examples/Models/arithmetic-0.8M --larger Examples/Models/arithmetic-3.3M \
	  --reward-model likelihood:Examples/Models/arithmetic-3.3M+arithmetic --other-verifier Examples/Models/arithmetic-prm-1.2M \
	  --other-verifier likelihood:Examples/Models/arithmetic-0.8M+arithmetic --other-verifier arithmetic \
	  --temperature 1 --widest 64 --out docs/study-0.8M --report docs/STUDY-0.8M.md

examples: setup ## build the examples and run each for a moment
	@Scripts/examples.sh

test: setup ## run the whole test suite
	@swift test -Xcc -O3

test-neon: ## compare the kernels for 64-bit ARM with the scalar ones, under an emulator if need be
	@Scripts/test-neon.sh

lint: ## check the format of every Swift file
	@swift format lint --strict --recursive Package.swift Sources Tests Examples Benchmarks Scripts

format: ## format every Swift file
	@swift format --in-place --recursive Package.swift Sources Tests Examples Benchmarks Scripts

import-check: setup ## build and run a package that depends on this one by version
	@Scripts/import-check.sh

setup: ## install OpenBLAS, LAPACKE and pkg-config if they are missing
	@Scripts/setup.sh

clean: ## remove what was built
	@rm -rf .build
