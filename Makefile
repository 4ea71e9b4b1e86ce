# Every target makes what it needs: a machine with Python 3.11 or later, make and git is enough.
PYTHON ?= python3
PORT ?= 8000
INPUTS ?= 200000
VENV := .venv
BIN := $(VENV)/bin
# Python compiles a module when it is first imported; most of what is installed never is.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
INSTALL := $(PIP) install --no-compile
.PHONY: help run test install lint types style bench fuzz migration lock clean

help: ## List these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: $(VENV)/.run-installed ## Start Rounds with demo people on http://127.0.0.1:8000 (PORT=… for another port)
	@$(BIN)/lms demo --serve --port $(PORT)

test: $(VENV)/.dev-installed lint ## Lint, type-check and run every test
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal tests/unit
	@$(BIN)/coverage combine --quiet
	@$(BIN)/python tests/coverage_gate.py
	@$(BIN)/python -m pytest -n auto --dist worksteal --ignore=tests/unit

install: $(VENV)/.dev-installed ## Make the environment alone, with what the tests need

lint: $(VENV)/.dev-installed ## Check style, types, layers, templates and content
	@# The check of types takes as long as all others, and each keeps one processor busy.
	@$(MAKE) --no-print-directory --jobs=2 types style

types: $(VENV)/.dev-installed
	@$(BIN)/basedpyright

style: $(VENV)/.dev-installed
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/djlint --quiet --lint lms/templates
	@$(BIN)/lms check content
	@$(BIN)/lms format --check content

bench: $(VENV)/.dev-installed ## Measure learners' and employers' pages against a bare page on the same server, and quizzes
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.quizzes
	@$(BIN)/python -m benchmarks.statistics
	@$(BIN)/python -m benchmarks.employer

migration: $(VENV)/.dev-installed ## Write the migration that the models ask for: NAME="add due date"
	@$(BIN)/python migrations/new.py "$(NAME)"

fuzz: $(VENV)/.dev-installed ## Feed the parser and the grader 200,000 inputs that nobody would write (INPUTS=… for others)
	@$(BIN)/python -m benchmarks.fuzz --inputs $(INPUTS)

lock: $(VENV)/.run-installed ## Resolve the requirements again, with hashes
	@$(PIP) install uv
	@$(BIN)/uv pip compile pyproject.toml requirements/build.in --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements/run.txt
	@$(BIN)/uv pip compile requirements/dev.in --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements/dev.txt

clean: ## Remove the environment and what the tools left; the data in instance/ stays
	@rm -rf $(VENV) .coverage .coverage.* .hypothesis .import_linter_cache .pytest_cache .ruff_cache test-results

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rounds needs Python 3.11 or later; set PYTHON=… to one.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run-installed: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Rounds needs into $(VENV) …"
	@$(INSTALL) --require-hashes --requirement requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-installed: requirements/dev.txt $(VENV)/.run-installed
	@echo "Installing what the tests need into $(VENV) …"
	@$(INSTALL) --require-hashes --requirement requirements/dev.txt
	@# Warnings are errors in tests, those of compiling other people's modules too: it is done before.
	@$(BIN)/python -W ignore -m compileall -q -j 0 $(VENV)/lib >/dev/null || true
	@touch $@
