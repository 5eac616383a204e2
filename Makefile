# `make check` is the gate: what passes it may be merged.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
WORKERS ?= auto
.DEFAULT_GOAL := help
.PHONY: help check lint types layers test bench docs gallery format

help:  ## what can be made
	@sed -nE 's/^([a-z]+):.*## (.*)/\1	\2/p' $(MAKEFILE_LIST) | expand -t 10

check: lint types layers test  ## everything that has to pass

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

layers:
	$(PYTHON) -c 'from importlinter.cli import lint_imports_command as run; run()' --no-cache --no-logo

test:  ## tests, doctests and every snippet of the docs
	$(PYTHON) -m pytest -q -n $(WORKERS) --dist worksteal

bench:  ## what is measured, printed as ratios
	$(PYTHON) -m benchmarks
	$(PYTHON) -m benchmarks.exports
	$(PYTHON) -m benchmarks.redcap

docs:  ## pages that are made from the code
	$(PYTHON) tools/gen_knowledge.py
	$(PYTHON) tools/gen_docs.py

gallery:  ## every picture of the pages, drawn anew
	$(PYTHON) tools/gallery.py

format:  ## layout and order of imports
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .
