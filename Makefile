# The commands of the house. `make help` lists them.
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
PY := $(ROOT).venv/bin/python
# How many processes test side by side.
JOBS ?= 2
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-alone lint mutants mutants-changed messages bench bench-quick faults soak fuzz

help:      ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(ROOT)Makefile | sed -E 's/:.*## ?/\t/' | expand -t 14

setup:     ## make the environment in .venv from the pinned, hash-checked requirements
	@sh $(ROOT)ops/setup.sh run

demo:      ## start everything with a Xuecheng demonstration and print the address (Ctrl-C stops it)
	@sh $(ROOT)ops/setup.sh run
	@cd $(ROOT) && exec $(PY) -m ops.demo

test:      ## the whole suite, on real PostgreSQL and Redis, with headless Chromium
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services --each $(JOBS) $(PY) -m pytest -n $(JOBS) --dist loadfile $(ARGS)

test-alone: ## each test file in a process of its own (ARGS="--changed main": each test that changed since)
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services --each $(JOBS) $(PY) -m tests.alone $(ARGS)

lint:      ## ruff, mypy, import-linter, djhtml, migrations and translations complete
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec sh ops/lint.sh

mutants:   ## take each rule of docs/clauses.md out and show that its test fails (ARGS="XC-2.2-g" for one row)
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services --each $(JOBS) $(PY) -m tests.mutants $(ARGS)

mutants-changed: ## the same for the rows whose place, test or mutation changed since docs/mutants.lock
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services --each $(JOBS) $(PY) -m tests.mutants --changed $(ARGS)

messages:  ## collect the texts of code and templates into the translation catalogue
	@cd $(ROOT) && $(PY) manage.py makemessages --locale en --no-location --no-obsolete --ignore .venv --ignore .local --ignore bench && $(PY) -m ops.messages --sort

bench:     ## 20,000 and 1,000,000 cases, each piece of work beside its limit: one table (half an hour)
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services $(PY) -m bench

bench-quick: ## 20,000 cases and few rounds, under three minutes: keeps the bench from rotting
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && exec $(PY) -m ops.with_services $(PY) -m bench --quick

faults:    ## kill, freeze, silence and fill each part under clerks who act; non-zero unless nothing is lost, doubled or stuck (SEED, WRITE=1)
	@sh $(ROOT)ops/setup.sh run
	@cd $(ROOT) && exec $(PY) -m ops.faults --seed $${SEED:-1} $${WRITE:+--write} $(ARGS)

soak:      ## clerks at browsers for MINUTES (3) while each part is restarted once
	@sh $(ROOT)ops/setup.sh run
	@cd $(ROOT) && exec $(PY) -m ops.faults --only soak --minutes $${MINUTES:-3} --seed $${SEED:-1}

fuzz:      ## a long run of random requests (FUZZ_EXAMPLES, FUZZ_SEED)
	@sh $(ROOT)ops/setup.sh test
	@cd $(ROOT) && FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-200} FUZZ_SECONDS=86400 exec $(PY) -m ops.with_services $(PY) -m pytest -m fuzz $(ARGS)
