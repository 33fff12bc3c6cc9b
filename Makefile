# Everything here works on a fresh machine with Python 3.11 or newer and make; `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run dialog web test test-pages picture check faults soak bench-live bench-nightly schema permissions \
  migrations lock clean-demo clean

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
NPM = cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

run: .venv/run.stamp ## Serve the demo practice on 127.0.0.1:8000 (PORT overrides)
	@$(BIN)/python web/build.py || true
	@DEMO_MODE=$${DEMO_MODE:-true} exec $(BIN)/session-tracker serve

dialog: .venv/run.stamp ## Hold two dialogs of the demo practice open, beside `make run`
	@$(BIN)/python -u docs/examples/dialog.py $(ARGS) \
	  --token "$$(DEMO_MODE=true $(BIN)/session-tracker token --email nora.brandt@harbour.example)"

web: .venv/run.stamp ## Build the front end, if it has changed
	@$(BIN)/python web/build.py

test: check tests/clients/node_modules/.package-lock.json ## Check, then run all tests
	@$(if $(ARGS),,$(NPM) test && $(MAKE) --no-print-directory -C "$(CURDIR)" test-pages)
	@$(BIN)/pytest -n 3 --ignore tests/browser $(ARGS)
	@$(if $(ARGS),,cat .venv/browser-tests-not-run 2> /dev/null || true)

test-pages: web tests/browser/node_modules/.package-lock.json ## Test the pages in a browser
	@$(BIN)/pytest -n 2 tests/browser $(ARGS)

picture: web tests/browser/node_modules/.package-lock.json ## Take the README's picture of the live dialog
	@PICTURES="$(CURDIR)/docs/images" $(BIN)/pytest tests/browser/test_picture.py

check: .venv/test.stamp web/node_modules/.package-lock.json ## Lint, types, direction of imports
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-cache > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@$(BIN)/mypy --no-error-summary
	@$(NPM) run check > ../.venv/web-check.log 2>&1 || { cat ../.venv/web-check.log; exit 1; }

faults: .venv/test.stamp ## Kill each part at random moments, and expect that nothing is lost (SEEDS=200, or SEED=123)
	@$(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m tests.faults.run --seed $(or $(SEED),1) \
	  --seeds $(or $(SEEDS),$(if $(SEED),1,20)) $(ARGS)

soak: .venv/test.stamp ## Send hostile requests of all kinds, and show what they leave behind (REQUESTS=100000)
	@$(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m tests.attacks.soak $(or $(REQUESTS),100000)

bench-live: .venv/test.stamp bench/peers/node_modules/.package-lock.json ## Measure pushing beside other servers (20 minutes)
	@$(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m bench

bench-nightly: .venv/test.stamp ## Measure a midnight at which up to a million trackers are due, and an import (40 minutes)
	@$(BIN)/python -W "ignore:XDG_RUNTIME_DIR" -m bench.night

schema: .venv/run.stamp ## Write schema.graphql from the code
	@$(BIN)/session-tracker schema > schema.graphql

permissions: .venv/run.stamp ## Write docs/permissions.md from the code
	@$(BIN)/session-tracker permissions > docs/permissions.md

migrations: .venv/run.stamp ## Write a migration for what changed in models/ since the last one
	@$(BIN)/python -m tortoise -c models.database.MIGRATIONS makemigrations

lock: ## Pin the newest dependencies, with hashes
	@$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@for set in run test; do .venv/lock/bin/uv pip compile pyproject.toml --extra build \
	  $$([ $$set = test ] && echo --extra test) --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --upgrade --quiet --custom-compile-command "make lock" --output-file requirements/$$set.txt; done
	@.venv/lock/bin/uv pip compile --group web --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --upgrade --quiet --custom-compile-command "make lock" --output-file requirements/node.txt

clean-demo: ## Forget the demo practice
	@rm -rf var

clean: ## Remove what the targets above made
	@rm -rf .venv var bench/peers/node_modules tests/clients/node_modules tests/browser/node_modules \
	  web/node_modules web/dist web/made graph/static .pytest_cache .mypy_cache .ruff_cache .hypothesis

# npm writes that file anew whenever it has installed what the lock file names.
%/node_modules/.package-lock.json: %/package-lock.json | .venv/test.stamp
	@cd "$*" && "$(CURDIR)/$(BIN)/npm" ci --ignore-scripts --prefer-offline --loglevel=error > /dev/null
	@touch $@

.venv/python.stamp:
	@test -n "$(PYTHON)" || { echo "Session Tracker needs Python 3.11 or newer: none was found on the PATH." >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

.venv/%.stamp: requirements/%.txt pyproject.toml .venv/python.stamp
	@$(INSTALL) --require-hashes --requirement requirements/$*.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@
