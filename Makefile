# Needs Python >= 3.11 and make; everything else goes into .venv from the locked resolutions in requirements/.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help demo demo-network test check engines federation peers fix docs lock clean

help:
	@echo "make demo   simulate 68 hospitals, run the flagship study, write demo/report/report.html"
	@echo "make test   the whole test suite (what needs PostgreSQL, Spark, Chromium or shared data skips with a sentence)"
	@echo "make check  lint, types, import contracts, size budget, generated pages (under a minute)"
	@echo "make peers  the Python libraries that benchmarks/peers.py sets beside Equipoise (R is another installation)"
	@echo "make engines  drivers for PostgreSQL and Spark, so that tests of these run (they need a server's programs, and Java)"
	@echo "make federation  NVIDIA FLARE, so that hospitals' own processes can be a network, and its tests run"
	@echo "make demo-network  a hub and three hospitals as processes of their own, mutual TLS, one study, compared with the answer in one process"
	@echo "make fix    format and apply safe lint fixes"
	@echo "make docs   write the generated reference pages anew"
	@echo "make lock   resolve the dependencies anew, as of LOCK_DATE"

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements/run.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

.venv/peers.stamp: .venv/run.stamp requirements/peers.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/peers.lock
	@touch $@

.venv/engines.stamp: .venv/dev.stamp requirements/engines.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/engines.lock
	@touch $@

.venv/federation.stamp: .venv/dev.stamp requirements/federation.lock
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/federation.lock
	@touch $@

engines: .venv/engines.stamp

peers: .venv/peers.stamp

federation: .venv/federation.stamp

demo: .venv/run.stamp
	$(BIN)/equipoise demo

demo-network: .venv/federation.stamp
	$(BIN)/equipoise demo-network

test: .venv/dev.stamp
	$(BIN)/pytest -n auto

check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python rules/size_budget.py
	$(BIN)/python rules/docs_current.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

fix: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/dev.stamp
	$(BIN)/python rules/docs_current.py --write

LOCK_DATE ?= 2026-11-29
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --exclude-newer $(LOCK_DATE)
lock:
	$(LOCK) pyproject.toml requirements/build.in -o requirements/run.lock
	$(LOCK) pyproject.toml requirements/build.in --group dev -c requirements/run.lock -o requirements/dev.lock
	$(LOCK) pyproject.toml --extra postgres --extra spark -c requirements/run.lock -c requirements/dev.lock -o requirements/engines.lock
	$(LOCK) pyproject.toml --extra federation -c requirements/run.lock -c requirements/dev.lock -c requirements/engines.lock -o requirements/federation.lock
	$(LOCK) pyproject.toml requirements/build.in --group peers -c requirements/run.lock -o requirements/peers.lock

clean:
	rm -rf .venv demo demo-network build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
