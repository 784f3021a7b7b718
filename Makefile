# Each target does its own set-up; a second call finds it done. `make` alone lists the targets.
# Variables: PYTHON (which Python makes .venv), ARGS (passed on: make test ARGS="-n 0 -x tests/db").
.PHONY: help demo test test-vllm audit lint check format docs lock services
BIN := .venv/bin

help:
	@echo 'make demo     train, measure and show a small model: the whole path in about ten minutes'
	@echo 'make test     all tests'
	@echo 'make test-vllm  those of the vLLM engine, in an environment of its own'
	@echo 'make lint     format, lint, types, imports, dead code'
	@echo 'make audit    attack every shipped verifier; fails where one goes beyond its bar'
	@echo 'make check    lint, audit and test'
	@echo 'make format   rewrite the code in the house format'
	@echo 'make docs     write the key tables of docs/recipes.md again'
	@echo 'make lock     lock the verifiers as they are, after a change of their code and version'

demo: .venv/.installed-train
	$(BIN)/harness demo $(ARGS)

test: .venv/.installed-dev services test-vllm
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

# In an environment of its own, where torch's and vLLM's own deprecations are no errors.
test-vllm: .venv/.installed-dev
	@scripts/make-vllm-venv
	.venv-vllm/bin/python -m pytest -W default tests/vllm

lint: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

audit: .venv/.installed-dev
	$(BIN)/harness audit --all $(ARGS)

check: lint audit test

format: .venv/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

services:
	@scripts/install-services

.venv/.installed-train: pyproject.toml scripts/make-venv
	@scripts/make-venv train

.venv/.installed-dev: pyproject.toml scripts/make-venv
	@scripts/make-venv train,postgres,docker,data,dev

docs: .venv/.installed-dev
	$(BIN)/python scripts/recipe_reference.py

lock: .venv/.installed-dev
	$(BIN)/python scripts/lock_verifiers.py $(ARGS)
