# Everything a person does with this checkout. Needs Python >= 3.11 with pip and venv, and make; nothing else.

PYTHON ?= python3
ARGS   ?=
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest
# Three at a time where tests wait more than they count, two whole stacks at a time.
# What is marked `alone` waits for its hours to pass: beside it one core reads the source.
# 5: ARGS chose none of these.
QUICK := tests/house_rules tests/unit tests/channels
CLOCKS := tests/process tests/replay
STACKS := tests/journeys
LOCK   := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
          --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" --quiet

# Whatever the calling shell has set, these commands work in this checkout's own environment.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check a-day test-all bench screenshots lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## make .venv from the hashed lock (the other targets do it by themselves)

$(STAMP): requirements/dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Orderloom needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## orders go the whole way while you watch; ARGS="--orders 200 --exit --json out.json"
	$(BIN)/python starter.py demo $(ARGS)

up: $(STAMP)  ## the same stack, kept running; prints where desk, tracking page and Temporal UI are
	$(BIN)/python starter.py up $(ARGS)

test: $(STAMP)  ## lint, types, import contracts and every test but the slow journeys; ARGS go to pytest
	$(MAKE) --no-print-directory -j 2 --output-sync=target check a-day ARGS='$(ARGS)'
	$(PYTEST) -m "not slow" -n 3 $(QUICK) $(ARGS) || [ $$? = 5 ]
	$(PYTEST) -m "not slow" -n 3 --dist loadfile $(CLOCKS) $(ARGS) || [ $$? = 5 ]
	$(PYTEST) -m "not slow and not alone" -n 2 --dist loadfile $(STACKS) $(ARGS) || [ $$? = 5 ]

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

a-day: $(STAMP)
	$(PYTEST) -m "alone and not slow" $(STACKS) $(ARGS) || [ $$? = 5 ]

test-all: test  ## the same, then the slow journeys on real servers and processes
	$(PYTEST) -m slow --timeout 900 $(ARGS)

bench: $(STAMP)  ## measure ours against bare workflows, side by side on one server
	$(BIN)/python -m bench $(ARGS)

screenshots: $(STAMP)  ## redraw docs/images from a running stack (needs Debian's chromium)
	$(BIN)/python -m bench.screenshots $(ARGS)

lock: $(STAMP)  ## recompute requirements/*.txt from pyproject.toml; ARGS=--upgrade for newer versions
	$(LOCK) $(ARGS) --output-file requirements/run.txt
	$(LOCK) $(ARGS) --extra embedded --extra dev --output-file requirements/dev.txt

clean:  ## remove .venv, caches and what the demo left in .orderloom
	rm -rf $(VENV) .orderloom .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
