# What a contributor runs. Nothing here is needed to pass the tests: each line is a plain command.
# The virtual environment `.venv` is used where there is one.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help setup hooks serve test suite clients coverage pythons lint format openapi shapes budgets locks bench

help: ## List these commands
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 10

setup: ## Create .venv and install the package with its development tools
	python3 -m venv .venv
	pip install -c constraints.txt -e '.[dev]'

hooks: ## Run the checks of .pre-commit-config.yaml before each commit
	pre-commit install

serve: ## Serve on http://127.0.0.1:8000 and reload when a file changes
	kkb serve --reload

T ?= tests/domain
test: ## Run some tests without workers: make test T=tests/domain
	pytest $(T)

suite: ## Run all tests, as the README and .ci/run do
	pytest -n 2 --dist worksteal

T_CLIENTS = $(if $(filter command line,$(origin T)),$(T),tests/clients)
clients: ## Try generated clients, importers and tools: make clients T=tests/clients/test_orval.py
	pytest -m clients --durations=0 --durations-min=1 $(T_CLIENTS)

coverage: ## Run all tests and print the coverage of lines and branches
	pytest -n 2 --dist worksteal --cov --cov-report=term --cov-report=html:build/coverage

pythons: ## Run the fast tests on Python 3.12 and 3.13, where they are installed
	.ci/pythons

lint: ## Check style, format, types, imports, dependencies and spelling
	ruff check
	ruff format --check
	mypy
	lint-imports
	deptry .
	codespell

format: ## Format the code and fix what ruff can fix
	ruff check --fix
	ruff format

openapi: ## Regenerate app/api/openapi.json
	kkb openapi --write app/api/openapi.json

shapes: ## Record the fields and types of the responses: tests/api/response_shapes.txt
	WRITE_SHAPES=1 pytest tests/api/test_response_shapes.py

budgets: ## Record what addresses and starts cost: tests/performance/*.txt
	WRITE_BUDGETS=1 pytest tests/performance

# The locks name no host: versions and hashes alone.
COMPILE = uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q
locks: ## Resolve the dependencies and write constraints.txt and requirements.lock
	$(COMPILE) --all-extras pyproject.toml -o constraints.txt
	$(COMPILE) --generate-hashes --group pyproject.toml:build pyproject.toml -o requirements.lock

NOTES ?= 0
bench: ## Measure the service: make bench NOTES=1000000 ONLY=cached,cold OUT=figures.json
	python -m benchmarks --notes $(NOTES) $(if $(ONLY),--only $(ONLY)) $(if $(OUT),--out $(OUT))
