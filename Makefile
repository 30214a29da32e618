# Needs make and Python >= 3.11; Node.js, the CDK command and every library are installed into .venv/ and node_modules/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export PYTHONDONTWRITEBYTECODE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_update_notifier := false

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: .venv/.installed node_modules/.installed ## install everything the other targets need (they do it themselves)

.venv/.installed: requirements.lock pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "make: expected Python >= 3.11, found $$(python3 --version 2>&1 || echo none);" \
		"install it or say where it is: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "setting up .venv (once, a minute or two)"
	@rm -rf .venv && "$(PYTHON)" -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.installed: package.json package-lock.json .venv/.installed
	@echo "setting up node_modules (once)"
	@npm ci --silent --ignore-scripts
	@touch $@

.PHONY: synth
synth: setup ## synthesize app.py into cdk.out/ with the policy checks on
	@rm -f cdk.out/manifest.json cdk.out/validation-report.json # an app that cannot be built must not show an old summary
	@cdk synth --quiet || status=$$?; echo; \
		[ ! -e cdk.out/manifest.json ] || lambda-invocations summary cdk.out; exit $${status:-0}

.PHONY: test
test: setup .venv-emulator/.installed ## run the tests, but for the slow ones of make e2e
	@python -m scripts.tests

.PHONY: e2e
e2e: setup .venv-emulator/.installed ## deploy every pattern and the example app to an emulator of AWS, and break things
	@pytest -m e2e --durations=10

.PHONY: lint
lint: setup ## ruff, mypy --strict, and pyright on the example user code
	@ruff check .
	@ruff format --check .
	@mypy
	@for handler in handlers/*/index.py; do mypy "$$handler"; done
	@pyright

.PHONY: format
format: setup ## let ruff format and fix what it can
	@ruff format .
	@ruff check --fix .

.PHONY: snapshots
snapshots: setup ## rewrite the template snapshots after a wanted change
	@pytest --snapshot-update tests/conformance

.PHONY: docs
docs: setup ## renew the pages of patterns and rules, and the generated parts of the README
	@python -m scripts.pattern_pages
	@python -m scripts.rule_pages
	@python -m scripts.readme
	@python -m scripts.reliability.proven

.venv-peers/.installed: requirements-peers.lock
	@echo "setting up .venv-peers, the tools to compare with (once, some minutes)"
	@rm -rf .venv-peers && "$(PYTHON)" -m venv .venv-peers
	@.venv-peers/bin/pip install --quiet --require-hashes --requirement requirements-peers.lock
	@touch $@

.PHONY: comparison
comparison: setup .venv-peers/.installed ## compare with other rule packs; writes docs/comparison.md
	@CDK_VALIDATION=false python -m scripts.comparison

.PHONY: bench
bench: setup .venv-peers/.installed .venv-emulator/.installed ## measure against other tools and loops; writes docs/benchmarks.md
	@CDK_VALIDATION=false python -m benchmarks

.venv-emulator/.installed: requirements-emulator.lock .venv/.installed
	@echo "setting up .venv-emulator, the emulator of AWS (once, some seconds)"
	@rm -rf .venv-emulator && "$(PYTHON)" -m venv .venv-emulator
	@.venv-emulator/bin/pip install --quiet --require-hashes --requirement requirements-emulator.lock
	@touch $@

.venv-constructs/.installed: requirements-constructs.lock
	@echo "setting up .venv-constructs, the constructs to compare with (once, some seconds)"
	@rm -rf .venv-constructs && "$(PYTHON)" -m venv .venv-constructs
	@.venv-constructs/bin/pip install --quiet --require-hashes --requirement requirements-constructs.lock
	@touch $@

.PHONY: reliability
reliability: setup .venv-emulator/.installed .venv-constructs/.installed ## count lost events on the emulator; writes docs/reliability.md
	@CDK_VALIDATION=false python -m scripts.reliability

PORT ?= 4566

.PHONY: deploy-local
deploy-local: setup .venv-emulator/.installed ## deploy the example app to an emulator that keeps running (PORT=4566)
	@python -m scripts.local deploy --port "$(PORT)"

.PHONY: destroy-local
destroy-local: setup ## destroy it again, and stop the emulator
	@python -m scripts.local destroy

.PHONY: wheel
wheel: setup ## build the wheel and the source archive into dist/
	@uv build --quiet --no-build-isolation --python $(BIN)/python

.PHONY: lock
lock: setup ## renew requirements.lock and package-lock.json
	@uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --group dev --output-file requirements.lock pyproject.toml
	@uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --output-file requirements-peers.lock requirements-peers.in
	@uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --output-file requirements-emulator.lock requirements-emulator.in
	@uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --python-version 3.11 \
		--custom-compile-command "make lock" --output-file requirements-constructs.lock requirements-constructs.in
	@npm install --package-lock-only --ignore-scripts --silent

.PHONY: clean
clean: ## remove everything these targets made
	@rm -rf .venv .venv-peers .venv-emulator .venv-constructs node_modules cdk.out dist .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
