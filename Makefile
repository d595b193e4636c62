# The words of this house. Each sets up what it needs first; nothing but Python 3.11+ and make is asked for.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests wait more than they compute: four processes keep two cores busy. Each takes up to 1 GB for a moment.
TEST_PROCESSES ?= 4
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: setup install check test demo run bench proof lock clean

setup: $(VENV)/.dev

# What whoever runs the bot needs, without the tests.
install: $(VENV)/.app

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Impasto needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Impasto needs (a minute, once) ..."
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Impasto and its tests need (a minute, once) ..."
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.app

# Given as `make demo PORT=8090`; a PORT that the shell has for something else is not meant.
CHOSEN_PORT = $(if $(filter command line,$(origin PORT)),--port $(PORT))

demo: $(VENV)/.app
	@exec $(BIN)/impasto demo $(CHOSEN_PORT)

run: $(VENV)/.app
	@exec $(BIN)/impasto run $(CHOSEN_PORT)

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/architecture

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m "not proof" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

proof: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m proof

bench: $(VENV)/.dev
	$(BIN)/impasto bench queue --json
	$(BIN)/impasto bench images --json
	$(BIN)/impasto bench pipeline --json
	$(BIN)/impasto bench scale --json
	$(BIN)/impasto bench slack --json
	$(BIN)/impasto bench discord --json

# Versions with hashes and without an index's address: installs from wherever pip is set up to look.
lock:
	uv pip compile pyproject.toml --group build --extra charts --extra local-models --extra postgres --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --extra charts --extra local-models --extra postgres --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
