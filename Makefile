# Followthrough: `make up`, then look at what it prints. `make help` lists the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH VIRTUAL_ENV

PYTHON := .venv/bin/python
LOCAL := $(PYTHON) -m deploy.local

# What is texted is taken as it stands: make would expand a dollar sign in it.
override BODY := $(value BODY)
export BODY

# An environment is made once for each content of its lock file, not for each time stamp.
local_env := .venv/.local-$(firstword $(shell cksum < requirements/local.txt))
dev_env := .venv/.dev-$(firstword $(shell cksum < requirements/dev.txt))

.PHONY: help up down fresh ps logs clock text demo account number test test-fast chaos lint openapi compose train evaluate bench

help: ## This list
	@printf 'make \033[1m<target>\033[0m   FT_HOME=<folder> chooses another stack; FT_PORT=<port> is for up and fresh\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  \033[1m%-10s\033[0m %s\n", $$1, $$2}'

up: $(local_env) ## Start everything in the background; prints the address, a sign-in and what to try
	@$(LOCAL) up

down: $(local_env) ## Stop everything
	@$(LOCAL) down

fresh: $(local_env) ## Throw away what the stack knows (FT_HOME), and start everything anew
	@$(LOCAL) fresh

ps: $(local_env) ## What runs: process, pid, port, state, restarts, memory
	@$(LOCAL) ps

logs: $(local_env) ## The last lines of the logs: P=messaging for some, FOLLOW=1 to go on
	@$(LOCAL) logs $(P) $(if $(FOLLOW),--follow)

clock: $(local_env) ## What time the stack has, or move it: TO=+3d, TO=+2h, TO=2026-11-25T10:00:00-06:00, TO=now
	@$(LOCAL) clock

text: $(local_env) ## Text as a person would, and print the reply: BODY='…', FROM=+12145550123, TO=+12145550100
	@$(LOCAL) text

demo: $(local_env) ## Play a whole event day against the running stack, and show what came out
	@$(LOCAL) demo

account: $(local_env) ## Make an account and its first owner: NAME="…" EMAIL=owner@example.com
	@$(LOCAL) account

number: $(local_env) ## Give an account a number to be texted at: ACCOUNT=<account_id> NUMBER=+12145550120
	@$(LOCAL) number

test: lint ## Everything CI checks
	@$(PYTHON) -m pytest -n auto -p no:inline_snapshot -m "not e2e and not fault and not apache" tests
	@$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder -p no:inline_snapshot -m "e2e or fault or apache" tests/faults tests

test-fast: $(dev_env) ## The tests without a whole stack
	@$(PYTHON) -m pytest -n auto -p no:inline_snapshot -m "not slow and not e2e and not fault and not apache" tests

chaos: $(dev_env) ## Kill, stop and cut off everything while people text, then check the books: SECONDS=60, SEED=1, RATE=20, KILLS=0
	@$(PYTHON) -m tests.faults.chaos --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED)) --rate $(or $(RATE),20) --kills $(or $(KILLS),0)

train: $(dev_env) ## Train the offline readers from tests/corpora/texts (fifteen minutes; the same corpus gives the same bytes)
	@export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1; for what in names note_models action_models turn_models; do $(PYTHON) -m benchmarks.texts.$$what || exit 1; done

evaluate: $(dev_env) ## How well texts are understood: WHAT=texts, SPLIT=dev or held, MISTAKES=20, WRITE=1 for the report
	@$(PYTHON) -m benchmarks.$(or $(WHAT),texts) --split $(or $(SPLIT),dev) --mistakes $(or $(MISTAKES),0) $(if $(WRITE),--write)

bench: $(dev_env) ## Measure what is promised, each alone (half an hour; leave the machine alone), and write benchmarks/README.md
	@failed=0; for what in relay consumer checkins queues gateway lists webhooks; do $(PYTHON) -m benchmarks.$$what || failed=1; done; \
	$(PYTHON) -m benchmarks.page && exit $$failed

lint: $(dev_env) ## Style, types, import rules
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy . && .venv/bin/lint-imports

openapi: $(dev_env) ## Write the documents that are generated: OpenAPI, AsyncAPI, docs/events.md
	@$(PYTHON) -m deploy.documents

compose: $(dev_env) ## Write docker-compose.yml from the list of processes
	@$(PYTHON) -m deploy.compose

.venv/.local-%:
	@deploy/install local $@

.venv/.dev-%:
	@deploy/install dev $@
