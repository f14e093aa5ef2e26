# `make publish` and `make test` are all that a fresh machine with Python 3.11 or newer needs. The first installs what
# running needs, the second what testing needs as well; nothing is installed twice.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 3000
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help publish test systems search ui lint bench faults kills format lock clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

publish: $(READY) ## Publish the sample edition, without a network: figures, packages, a release under published/
	@$(BIN)/thindicators publish

test: $(READY_DEV) ## Run the tests, on all processors, but for those of whole systems
	@$(BIN)/python -m pytest -n auto --no-loadscope-reorder -m "not system"

# One process more than there are processors: these tests wait for other programs as often as they work.
systems: $(READY_DEV) ## Test whole systems: the UI, servers, a browser, kills, every fault on every source
	@PYTEST_XDIST_AUTO_NUM_WORKERS=$$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) $(BIN)/python -m pytest -n auto --no-loadscope-reorder -m system

search: $(READY_DEV) ## Search at random for what breaks a law: a thousand examples for each property test
	@ANY_BYTES_EXAMPLES=500 $(BIN)/python -m pytest -n auto --no-loadscope-reorder \
		--hypothesis-profile=search -m "hypothesis and not system"

ui: $(READY) ## Start Dagster's UI and its schedules on http://127.0.0.1:3000, or another PORT
	@$(BIN)/thindicators ui --port $(PORT)

lint: $(READY_DEV) ## Check style, types and the plan's files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/thindicators check-plan

bench: $(READY_DEV) ## Measure a whole publish: seconds and memory, and where they go
	@$(BIN)/python -m tests.benchmarks

faults: $(READY_DEV) ## Try every fault on every source, and say what came of each
	@$(BIN)/python -m tests.faults

kills: $(READY_DEV) ## Kill a publish 210 times at random moments, and count the whole releases that are left
	@$(BIN)/python -m tests.kills

format: $(READY_DEV) ## Format the code
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

# One resolution, written to requirements-dev.lock; the other two take from it what running needs.
lock: ## Write the three locks anew from pyproject.toml (needs uv)
	@$(COMPILE) --all-extras --upgrade -o requirements-dev.lock
	@rm -f requirements.lock requirements-server.lock
	@$(COMPILE) --group checkout -c requirements-dev.lock -o requirements.lock
	@$(COMPILE) --group checkout --extra server --extra many -c requirements-dev.lock -o requirements-server.lock

clean: ## Remove the environment and the caches, not state/ or published/
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

$(READY): requirements.lock pyproject.toml
	$(call install,$<)
	@touch $(READY)

$(READY_DEV): requirements-dev.lock pyproject.toml
	$(call install,$<)
	@touch $(READY) $(READY_DEV)

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	@echo "Installing what $(1) names into $(VENV) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --no-deps --require-hashes -r $(1)
	@$(PIP) --no-deps --no-build-isolation -e .
endef
