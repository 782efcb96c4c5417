PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
EVAL_STAMP := $(VENV)/.installed-eval
LOCAL_STAMP := $(VENV)/.installed-local
AUDIT_STAMP := $(VENV)/.installed-audit
BASELINE := eval/results/baseline
# LLM=lokaal, LLM=lokaal:naam or LLM=llama.cpp:bestand.gguf runs on this machine and needs the engine; the first two may need fetching.
ON_THIS_MACHINE := $(filter lokaal lokaal:% llama.cpp:%,$(LLM))
TO_PULL := $(patsubst lokaal:%,%,$(filter lokaal:%,$(LLM)))

.PHONY: run install model test test-model lint audit eval eval-baseline eval-model eval-install clean clean-models help

help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: install $(if $(ON_THIS_MACHINE),model) ## install what is missing, update the index, open the advisor on http://127.0.0.1:7860 (LLM=lokaal: with a language model)
	@$(if $(LLM),PPS_LLM='$(LLM)') $(BIN)/python app.py

model: $(LOCAL_STAMP) ## fetch the language model of 1.1 GB that runs on this machine; goes on where it was broken off
	@$(if $(filter llama.cpp:%,$(LLM)),true,$(BIN)/python -m rag models pull $(TO_PULL))

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

$(LOCAL_STAMP): pyproject.toml $(STAMP)
	@echo "Het onderdeel voor lokale taalmodellen wordt geïnstalleerd."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[local]'
	@touch $@

$(EVAL_STAMP): pyproject.toml $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[eval]'
	@touch $@

test: $(TEST_STAMP) ## run the whole suite; installs Chromium and tesseract where missing and allowed
	@sh tests/install-system.sh
	@$(BIN)/python -m ruff check rag eval tests app.py
	@$(BIN)/python -m pytest

test-model: $(TEST_STAMP) model ## the tests with the real language model, which is fetched where it is missing
	@$(BIN)/python -m pytest -m real_model

lint: $(TEST_STAMP) ## style only
	@$(BIN)/python -m ruff check rag eval tests app.py

$(AUDIT_STAMP): pyproject.toml $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[audit]'
	@touch $@

audit: $(AUDIT_STAMP) ## fail on known weaknesses in what is installed; says so where no service can be asked (AUDIT=verplicht: fails then too)
	@AUDIT='$(AUDIT)' $(BIN)/python tests/audit.py

eval: install ## measure the advisor without language model (about two minutes) and compare with the committed baseline; fails on a real loss
	@$(BIN)/python -m rag index
	@$(BIN)/python -m eval all --fast --restart --out data/eval/run
	@$(BIN)/python -m eval compare $(BASELINE) data/eval/run --out data/eval/compare.html

eval-baseline: install ## measure anew what make eval compares with; commit eval/results/baseline with the change that explains it
	@$(BIN)/python -m rag index
	@$(BIN)/python -m eval all --fast --restart --out $(BASELINE)
	@$(BIN)/python -m eval card

eval-model: install model ## the same with the language model on this machine, which takes an hour or so; goes on where it was broken off (RESTART=1: from the start)
	@$(BIN)/python -m rag index
	@$(BIN)/python -m eval all --fast --llm $(or $(LLM),lokaal) $(if $(RESTART),--restart) --out data/eval/model
	@if [ -d $(BASELINE)-model ]; then $(BIN)/python -m eval compare $(BASELINE)-model data/eval/model --out data/eval/compare-model.html; fi

eval-install: $(EVAL_STAMP) ## install what the side-by-side benchmarks need
	@$(BIN)/python -m eval --help

clean: ## remove the environment and the index; fetched language models stay
	rm -rf $(VENV)
	@[ ! -d data ] || find data -mindepth 1 -maxdepth 1 ! -name models -exec rm -rf {} +

clean-models: ## remove the fetched language models
	rm -rf data/models
