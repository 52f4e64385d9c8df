# The verbs of this repository. Each makes its own virtual environment first; `make` alone lists them.

.DEFAULT_GOAL := help
.PHONY: help venv acceptance up down example example-down test doctor requirements mutants report screenshot bench bench-suite soak soak-service soak-relay chaos fuzz naive watch clean
SHELL := /bin/sh
PY := .venv/bin/python

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-20s %s\n", $$1, $$2 }'

acceptance: venv ## the features, against the real service; ARGS="--name …" for behave's own options
	@$(PY) -m behave features/ $(ARGS)

test: venv ## everything: format, lint, types, unit tests, step check, features
	@$(PY) -m tools.check

up: venv ## leave a stack standing: the next runs are at their first step at once
	@$(PY) -m tools.standing up

down: ## remove what stands
	@if $(PY) -c '' 2>/dev/null; then $(PY) -m tools.standing down; fi

watch: venv ## runs the scenarios tagged @wip, or those of the feature file just saved, on every change
	@$(PY) -m tools.watch $(if $(ARGS),-- $(ARGS))

example: venv ## the service to click around in, with a class and a confirmed batch (compose.yaml)
	@$(PY) -m tools.example up

example-down: ## remove the example
	@if $(PY) -c '' 2>/dev/null; then $(PY) -m tools.example down; fi

doctor: venv ## what is missing on this machine, and how to get it
	@$(PY) -m harness.doctor

report: venv ## an HTML page and JUnit XML of the last run; FILE=messages.ndjson for another
	@$(PY) -m harness.reports $(FILE)

screenshot: venv ## the README's picture of the report, from the last full run (installs Chromium)
	@$(PY) -m tools.screenshot $(FILE)

requirements: venv ## every requirement of the contract, with its scenarios and mutants; ARGS=--verbose
	@$(PY) -m tools.requirements $(ARGS)

mutants: venv ## broken services, each of which must turn a scenario red; ONLY=name
	@$(PY) -m tools.mutants $(foreach name,$(ONLY),--only $(name)) $(ARGS)

naive: venv ## a naive service, in which exactly the listed breaches must be found; ARGS="--include recovery"
	@$(PY) -m tools.naive $(if $(ARGS),-- $(ARGS))

bench: venv ## how fast the service is beside the bare work, in one run: table, JSON, plot; ARGS=--quick
	@$(PY) -m tools.bench $(ARGS)

bench-suite: venv ## how long the suite takes to start, set up, clean up; N=5 runs
	@$(PY) -m tools.bench_suite --runs $(or $(N),5) $(ARGS)

soak: venv ## N=10 full runs in random order, every third on a busy machine; SEED= replays one; ARGS="--standing -- --tags timed"
	@$(PY) -m tools.soak --runs $(or $(N),$(if $(SEED),1,10)) $(if $(SEED),--seed $(SEED)) $(ARGS)

soak-service: venv ## one service under load; it and its dependencies are killed; N=30000 events; SEED= replays one
	@$(PY) -m tools.soak_service $(if $(N),--events $(N)) $(if $(SEED),--seed $(SEED)) $(ARGS)

soak-relay: venv ## two replicas announce N=10000 changes while Kafka goes down three times; SEED= replays one
	@$(PY) -m tools.soak_relay $(if $(N),--changes $(N)) $(if $(SEED),--seed $(SEED)) $(ARGS)

chaos: venv ## a storm of DURATION=300 s over two replicas, its plan and the verdict; SEED= lets the same one rage again
	@$(PY) -m behave features/recovery/storms.feature --no-capture -D storm=$(or $(DURATION),300) \
	    -D storm_seed=$(or $(SEED),$(shell date +%s)) $(ARGS)

fuzz: venv ## requests that the service's description allows, and others, 500 an operation; ARGS="--seed N --examples N"
	@$(PY) -m tools.fuzz_http $(ARGS)

venv: ## the virtual environment alone
	@sh tools/venv.sh

clean: down ## remove the virtual environment, caches, what stands, containers left over, outdated images
	@if $(PY) -c '' 2>/dev/null; then $(PY) -m tools.clean; fi
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build service/build
	@find . -path ./.git -prune -o \( -name __pycache__ -o -name '*.egg-info' \) -prune -exec rm -rf {} +
	@# Runs that live hold the locks.
	@[ ! -d .cache ] || find .cache -mindepth 1 -maxdepth 1 ! -name runs ! -name locks -exec rm -rf {} +
