# Everything goes through .venv, which is made on first use and renewed when pyproject.toml or the lock change.
PYTHON ?= python3
PROFILE ?= quick
DATA ?= $(or $(BENCH_DATA_DIR),data)
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal
READY := $(VENV)/.ready
SUITES := $(subst _,-,$(basename $(notdir $(wildcard suites/[!_]*.py))))
SUITE_TARGETS := $(addprefix suite-,$(SUITES))
REPORT_TARGETS := $(addprefix report-,$(SUITES))

.DEFAULT_GOAL := help
.PHONY: help setup lock test test-all bench check format reports ui clean $(SUITE_TARGETS) $(REPORT_TARGETS)

help: ## list the targets
	@echo "make suite-NAME [PROFILE=smoke|quick|overnight|paper] [DATA=dir] [ARGS=\"...\"]   run a suite, write its report"
	@echo "make report-NAME                                                      rebuild a report from its results"
	@echo "suites: $(SUITES)"
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1|\2/' | column -t -s '|'

setup: $(READY) ## make .venv with all that is needed (other targets do it by themselves)

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@$(BIN)/python -m bench.models.batch_norm
	@touch $(READY)

lock: ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --group dev --no-annotate --no-header \
		--constraint constraints.txt --upgrade --output-file requirements.lock pyproject.toml

$(SUITE_TARGETS): suite-%: $(READY)
	@$(BIN)/bench run $* --profile $(PROFILE) --data-dir "$(DATA)" $(ARGS)

suite-%: $(READY)  # a name that is no suite's: bench says which there are
	@$(BIN)/bench run $* --profile $(PROFILE) --data-dir "$(DATA)" $(ARGS)

$(REPORT_TARGETS): report-%: $(READY)
	@$(BIN)/bench report $* $(ARGS)

reports: $(READY) ## rebuild all reports, the published ones too
	@$(BIN)/bench report $(ARGS)

ui: $(READY) ## open the MLflow UI on 127.0.0.1
	@$(BIN)/bench ui $(ARGS)

test: $(READY) ## run the tests, one process a core (some minutes)
	@$(PYTEST) $(ARGS)

test-all: $(READY) ## run the slow tests too
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		echo "tests of the page in a browser are skipped; they need: apt-get install chromium"
	@$(PYTEST) -m "" $(ARGS)

bench: $(READY) ## time augmentation and engine against what people write, suites and reports (some minutes)
	@$(BIN)/python -m benchmarks.augmentation $(ARGS)
	@$(BIN)/python -m benchmarks.engine
	@$(BIN)/python -m benchmarks.step
	@$(BIN)/python -m benchmarks.suite
	@$(BIN)/python -m benchmarks.report

check: $(READY) ## ruff, ruff format, mypy --strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(READY) ## put the code into shape
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean: ## remove what make and the tools made, not data, runs or reports
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
