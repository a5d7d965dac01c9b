# Two commands: `make demo` and `make test`. Everything they need, they make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" pyproject.toml --group build

# Compiled modules are kept: the tests start hundreds of processes, and each would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup setup-dev demo test test-unit lint format train measure eval bench year evil faults history fuzz workers mutants lock audit sbom licences clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(VENV)/.runtime ## make .venv with the dunwell command

setup-dev: $(VENV)/.dev ## the same with everything that tests and linters need

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "dunwell needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: setup ## run the whole way on a sample company, then open the queue on http://127.0.0.1:8765
	$(BIN)/dunwell demo

test: setup-dev ## run all tests; real servers are installed and started on loopback where that can be done
	$(BIN)/pytest -n 3 --dist worksteal $(ARGS)

test-unit: setup-dev ## the fast part alone
	$(BIN)/pytest -n 2 tests/unit $(ARGS)

lint: setup-dev ## formatter, linters, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

train: setup-dev ## train the embedded reader's head from evals/reader/train
	$(BIN)/python -m evals.reader.train

measure: setup-dev ## measure the embedded reader on the held-out split
	$(BIN)/python -m evals.reader.measure

eval: setup-dev ## play the recorded conversations with the embedded reader, and report
	$(BIN)/dunwell eval run evals/suites/core $(ARGS)

bench: setup-dev ## how fast it is, as ratios to a floor measured in the same run
	$(BIN)/python -m evals.bench $(ARGS)

year: setup-dev ## let a year pass for N customers (default 2000) with a moved clock, and hold it against the rules
	$(BIN)/python -m evals.year --customers $(or $(N),2000) $(ARGS)

evil: setup-dev ## attack with a hijacked model N times (default 10000), and with the injection corpus
	$(BIN)/python -m evals.evil $(or $(N),10000) $(ARGS)
	$(BIN)/python -m evals.evil --injections

fuzz: setup-dev ## parse N hostile mails (default 1000) in the sandbox
	DUNWELL_FUZZ=$(or $(N),1000) $(BIN)/pytest -n 2 tests/unit/test_fuzz.py $(ARGS)

faults: setup-dev ## kill dunwell at every point and at N random instants (default 2000), cut the power N/10 times, with real servers
	DUNWELL_FAULTS=$(or $(N),2000) $(BIN)/pytest -n 0 --timeout 0 tests/faults $(ARGS)

history: setup-dev ## eight clients decide and send at random, N operations (default 100000), compared with a model
	DUNWELL_HISTORY=$(or $(N),100000) $(BIN)/pytest -n 0 --timeout 0 tests/faults/test_history.py $(ARGS)

workers: setup-dev ## workers on separate hosts: one killed, one cut off from the network
	DUNWELL_LONG=1 $(BIN)/pytest -n 0 --timeout 600 -s tests/e2e/test_workers.py $(ARGS)

mutants: setup-dev ## change policy and rules in small ways and see that tests notice (slow; ARGS=agent/policy.py for one file)
	$(PIP) install --upgrade --target test-output/mutmut "mutmut>=3.8,<4"
	$(BIN)/python -m evals.mutants --work test-output/mutants --tool test-output/mutmut $(ARGS)

lock: ## resolve dependencies anew (needs uv): everything at once, then what runs, so that the two never disagree
	$(LOCK) --group dev --all-extras --output-file requirements-dev.lock
	$(LOCK) --constraint requirements-dev.lock --output-file requirements.lock

SUPPLY := test-output/supply
SUPPLY_TOOLS := "pip-audit==2.10.1" "cyclonedx-bom==7.5.0" "pip-licenses==5.5.5"

$(SUPPLY)/.tools: Makefile
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip --disable-pip-version-check --quiet install $(SUPPLY_TOOLS)
	@touch $@

audit: $(SUPPLY)/.tools ## look up every locked package for known vulnerabilities; one that could not be looked up fails
	@rm -f $(SUPPLY)/audit.json
	-$(SUPPLY)/bin/pip-audit --disable-pip --require-hashes --progress-spinner off --format json --output $(SUPPLY)/audit.json -r requirements.lock -r requirements-dev.lock
	$(SUPPLY)/bin/python -m evals.supply audit $(SUPPLY)/audit.json requirements.lock requirements-dev.lock

sbom: $(SUPPLY)/.tools ## write a bill of materials (CycloneDX) of what runs, from the lock
	$(SUPPLY)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --validate --of JSON --output-file $(SUPPLY)/sbom.json
	$(SUPPLY)/bin/python -m evals.supply sbom $(SUPPLY)/sbom.json requirements.lock

licences: setup $(SUPPLY)/.tools ## list the licences of what runs in docs/licences.md
	$(SUPPLY)/bin/pip-licenses --python=$(BIN)/python --from=mixed --format=json --with-system > $(SUPPLY)/licences.json
	$(SUPPLY)/bin/python -m evals.supply licences $(SUPPLY)/licences.json requirements.lock

clean:
	rm -rf $(VENV) .dunwell-demo test-output
