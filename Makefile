# `make` alone says what there is. Every target works on a machine with python3 (3.11 or newer) and make.

VENV ?= .venv
export VENV
PYTHON := $(VENV)/bin/python
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
LOCK := $(VENV)/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header
# What only reads the code needs neither a database nor a secret.
WITHOUT_DATABASE := DATABASE_URL= PARLEY_ENV=local SECRET_KEY=for-checks-that-serve-nobody-0123456789

.DEFAULT_GOAL := help
.PHONY: help run test lint openapi messages lock bench bench-pages bench-sessions scenario chaos screenshots clean install install-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: install ## start Parley on http://localhost:8000 (another port: PORT=8001 make run)
	@$(PYTHON) manage.py serve

test: install-dev ## run the tests (some of them: make test ARGS="-k booking")
	@$(PYTHON) -m pytest -n 2 --maxprocesses $(CORES) --dist worksteal $(ARGS)

lint: install-dev ## check style, types, layers, migrations, the OpenAPI document and translations
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(WITHOUT_DATABASE) $(PYTHON) -m mypy .
	@$(WITHOUT_DATABASE) $(VENV)/bin/lint-imports --no-cache
	@$(WITHOUT_DATABASE) $(PYTHON) manage.py makemigrations --check --dry-run
	@$(WITHOUT_DATABASE) sh scripts/check_openapi.sh
	@$(PYTHON) scripts/messages.py check

openapi: install-dev ## write docs/openapi.yaml anew from the code
	@$(WITHOUT_DATABASE) $(PYTHON) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

messages: install-dev ## write the texts of the candidates' pages into the catalogues, to be translated
	@$(PYTHON) scripts/messages.py update

lock: install-dev ## resolve requirements/*.in anew into the hash-locked files
	$(LOCK) requirements/base.in --output-file requirements/base.txt
	$(LOCK) requirements/dev.in --output-file requirements/dev.txt

bench: install-dev ## measure, and compare with the limits (docs/benchmarks.md)
	@$(PYTHON) -m benchmarks $(ARGS)

bench-pages: install-dev ## measure the pages: server, statements, sizes, and a month of 5,000 slots in the browser
	@$(PYTHON) -m benchmarks.pages

bench-sessions: install-dev ## measure 300 interviews at once, led by a model that streams
	@$(PYTHON) -m benchmarks.sessions $(ARGS)

scenario: install-dev ## play a company's quarter through the API
	@$(PYTHON) -m scenarios.quarter $(ARGS)

chaos: install-dev ## kill programs at random while bookings are made, and see that nothing is lost
	@$(PYTHON) -m scenarios.chaos $(ARGS)

screenshots: install-dev ## take the pictures of docs/screenshots anew, of the demo data
	@$(PYTHON) -m scenarios.screenshots

clean: ## remove what can be made again; the data in .parley stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache staticfiles
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

install:
	@sh scripts/install.sh base

install-dev:
	@sh scripts/install.sh dev
