# What a person types. Everything else is in docs/operations.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
SIZE ?= 5000
SIZES ?= 10k
PYTEST := $(BIN)/pytest
# One process more than there are cores: the tests of real processes mostly wait.
CORES := $(shell getconf _NPROCESSORS_ONLN)
PYTEST_ARGS ?= --numprocesses=$(shell expr $(CORES) + 1) --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
# Some hundred processes of a test run would each compile what none of them kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test test-fast test-times lint ruff format types imports templates migrations catalogues messages bench demo-data lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(RUN) ## the whole product at http://localhost:8000 (PORT=… for another), Ctrl-C stops it
	@exec $(BIN)/python -m config.services.run

test: $(DEV) lint ## everything CI needs, with a throw-away database and broker
	@sh tests/browser.sh; case $$? in \
		0) exec $(PYTEST) $(PYTEST_ARGS);; \
		3) exec $(PYTEST) $(PYTEST_ARGS) -m "not browser";; \
		*) exit 1;; esac

test-fast: $(DEV) ## the quick tests: no browsers, no real processes, nothing that takes long
	TEST_CLUSTER=$${TEST_CLUSTER:-$(CURDIR)/var/tests} $(PYTEST) $(PYTEST_ARGS) -m "not browser and not slow and not long"

test-times: $(DEV) ## measure which tests take long (tests/long.txt)
	$(PYTEST) $(PYTEST_ARGS) -m "not browser and not slow" --write-long

lint: ruff format types imports templates migrations catalogues ## every static check

ruff: $(DEV)
	$(BIN)/ruff check .

format: $(DEV)
	$(BIN)/ruff format --check .

types: $(DEV)
	$(BIN)/mypy

imports: $(DEV)
	$(BIN)/lint-imports

templates: $(DEV)
	$(BIN)/djlint --lint --quiet templates

migrations: $(DEV)
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

catalogues: $(DEV)
	$(BIN)/python manage.py messages --check

messages: $(DEV) ## gather the texts to translate into locale/
	$(BIN)/python manage.py messages

bench: $(DEV) ## measure at SIZES=10k,100k,1m
	$(BIN)/python -m benchmarks --sizes $(SIZES)

demo-data: $(RUN) ## load the demo insurer with SIZE=5000 customers
	$(BIN)/python manage.py seed_demo --customers $(SIZE) --seed 1

lock: $(VENV)/.created ## renew requirements.lock after a change of requirements*.txt
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url \
		--no-annotate requirements-dev.txt --output-file requirements.lock

clean: ## remove the virtual environment and the caches, never var/
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || { \
		echo "Zhenxin needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)."; \
		echo "Name another one: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "No virtual environment can be made. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@


# uv is some ten times faster than pip; where it cannot be had, pip does the same.
define INSTALL
@$(BIN)/python -m uv --version >/dev/null 2>&1 || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null || true
@{ $(BIN)/python -m uv --version >/dev/null 2>&1 && \
	UV_SYSTEM_CERTS=1 $(BIN)/python -m uv pip install --quiet --python $(BIN)/python -c requirements.lock -r $(1); } || \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -r $(1)
endef

$(RUN): $(VENV)/.created requirements.txt requirements.lock
	@echo "Installing …"
	$(call INSTALL,requirements.txt)
	@touch $@

$(DEV): $(RUN) requirements-dev.txt
	@echo "Installing what the tests need …"
	$(call INSTALL,requirements-dev.txt)
	@touch $@
