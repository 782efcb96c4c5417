PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
EVAL_STAMP := $(VENV)/.installed-eval

.PHONY: run install test lint eval clean help

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: install ## install what is missing, update the index, open the advisor on http://127.0.0.1:7860
	@$(BIN)/python app.py

install: $(STAMP) ## make the virtual environment and install the advisor

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 of nieuwer is nodig; gevonden: $$($(PYTHON) --version). Kies een andere met: make PYTHON=python3.11 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python kan geen virtuele omgeving maken. Installeer eerst het pakket python3-venv."; exit 1; }

$(STAMP): pyproject.toml | $(VENV)/bin/python
	@echo "De adviseur wordt geïnstalleerd. De eerste keer duurt dat enkele minuten."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(TEST_STAMP): pyproject.toml $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $@

$(EVAL_STAMP): pyproject.toml $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[eval]'
	@touch $@

test: $(TEST_STAMP) ## run the whole suite; installs Chromium and tesseract where missing and allowed
	@sh tests/install-system.sh
	@$(BIN)/python -m ruff check rag eval tests app.py
	@$(BIN)/python -m pytest

lint: $(TEST_STAMP) ## style only
	@$(BIN)/python -m ruff check rag eval tests app.py

eval: $(EVAL_STAMP) ## install what the side-by-side benchmarks need
	@$(BIN)/python -m eval --help

clean: ## remove the environment and the index
	rm -rf $(VENV) data
