# Two commands do everything on a fresh machine: `make demo` and `make test`.
# PYTHON may name an interpreter of 3.10 or newer; without it the newest that is found is taken.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.10 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
# Two a core: many tests wait, for limits that have to run out.
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
DEMO := elec576-a1 ece247-hw3 ece247-hw4 ece247-hw5 cs231n-a1 cs231n-a2 \
	autoencoder gplvm rbm sigmoid-mlp backprop-by-hand

.PHONY: demo test lint types imports pytest bench clean

demo: $(VENV)/.installed
	@for id in $(DEMO); do \
		$(BIN)/grader grade submissions_example/$$id --rubric $$id -o runs/demo/$$id || exit $$?; \
	done
	@echo
	@echo "The scores are in runs/demo/<rubric id>/scores.csv, the items' statistics in items.csv."

test: lint types imports pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

pytest: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(PYTEST) || { \
		echo "== once more, one after another: what failed while other tests kept the machine busy =="; \
		$(BIN)/python -m pytest -q --last-failed --last-failed-no-failures none $(PYTEST); }

bench: $(VENV)/.installed-dev
	$(BIN)/python bench/batch.py

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.10 or newer is needed; install it or set PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[datasets,html]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .venv-3.10 runs build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
