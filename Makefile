# make demo   publishes a shipped draft to a web site in build/demo, and says where to look
# make test   runs the tests
# make bench  measures threadbot beside its peers, in a venv of its own: see benchmarks/README.md
# make reliability  plays thousands of schedules of faults, and writes docs/reliability.md (ten minutes; needs npm)
# The first two build .venv first, where it is missing or old.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
BENCH := build/bench

.PHONY: demo test bench reliability lint types

demo: $(READY)
	$(BIN)/python tools/demo.py build/demo

test: $(READY)
	$(BIN)/python -m pytest

bench:
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable . \
	  --requirement benchmarks/requirements.txt
	mkdir -p $(BENCH)/judge
	cp tests/judge/*.json tests/judge/*.mjs $(BENCH)/judge
	-cd $(BENCH)/judge && npm ci --silent --ignore-scripts --no-audit --no-fund
	$(BENCH)/bin/python -m benchmarks.counting
	$(BENCH)/bin/python -m benchmarks.splitting
	$(BENCH)/bin/python -m benchmarks.peers
	$(BENCH)/bin/python -m benchmarks.judged
	$(BENCH)/bin/python -m benchmarks.gold
	$(BENCH)/bin/python -m benchmarks.publishing
	$(BENCH)/bin/python -m benchmarks.fleet
	$(BENCH)/bin/python -m benchmarks.maps

reliability: $(READY)
	$(BIN)/python -m tools.make_reliability

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $(READY)
