# All commands for people. `make help` lists them. They need only make and Python 3.11, 3.12 or 3.13.
PYTHON ?= python3
BIN := .venv/bin
# For the programs that these commands start. The make of macOS does not use this PATH for its own commands.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Ignore the caller's own virtual environment, and let Python store compiled modules.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

# Loop, faults, import, drift, and days of two index templates.
ENGINE_SUITES := tests/local/test_loop.py tests/local/test_drift_loop.py tests/local/dashboards/test_dashboards_api.py \
	tests/local/dashboards/test_template_days.py tests/local/drift tests/local/shipper

.DEFAULT_GOAL := help
.PHONY: help setup demo down clean test nightly mutations engine check evaluate bench deploy lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install the pinned tools into .venv
	@$(PYTHON) predmon/bootstrap.py

demo: setup ## start the local cloud, deploy, give it a day of predictions, print the counts and the dashboard's address
	@$(BIN)/predmon up
	@$(BIN)/predmon send predmon/local/sentences.csv --over 24h --then predmon/local/shifted.csv --truth label
	@printf '%s\n' '' 'Try next:' \
		'  $(BIN)/predmon open                           the page, in your browser' \
		'  $(BIN)/predmon send my-sentences.csv --wait   your own text' \
		'  $(BIN)/predmon drift report                   what drifted in the last hours'

down: setup ## stop the local cloud and keep its data
	@$(BIN)/predmon down

clean: setup ## stop the local cloud and remove its data
	@$(BIN)/predmon down --remove-data

test: setup ## run every test; the tests start what they need
	@$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/synth
	@$(BIN)/pytest -n 2 tests/local

nightly: setup ## properties with more examples; more deployments on the local cloud: two side by side, sign-in, a new domain
	@$(BIN)/pytest -n 2 --hypothesis-profile thorough -m hypothesis tests/unit
	@$(BIN)/pytest tests/nightly

mutations: setup ## change each decision a little, and list what no test notices (make mutations ONLY=quality/judging)
	@$(BIN)/python -m tests.mutations $(ONLY)

engine: setup ## the suites that ask the engine most, on another engine (make engine ENGINE=3.8)
	@PREDMON_ENGINE=$(or $(ENGINE),$(error Say which: make engine ENGINE=3.5 or 3.8)) $(BIN)/pytest $(ENGINE_SUITES)

check: setup ## format, lint, types, workflows, dependencies, requests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m checks

evaluate: setup ## measure the packaged model on CoLA (make evaluate DATA=folder with in_domain_dev.tsv)
	@$(BIN)/python -m inference_lambda.training.evaluate \
		$(or $(DATA),$(error Say where CoLA is: make evaluate DATA=folder with in_domain_dev.tsv)) --at-least 0.35

bench: setup ## measure speed and cost against the named alternatives
	@$(BIN)/python -m benchmarks

deploy: setup ## deploy to AWS (profile dev; make deploy ARGS="-c profile=production ...")
	@$(BIN)/predmon deploy $(ARGS)

lock: setup ## resolve all lock files again
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		-o requirements.lock -q --custom-compile-command "make lock"
	@for in in */requirements.in */*/requirements.in; do [ -e "$$in" ] || continue; \
		$(BIN)/uv pip compile "$$in" --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		-o "$${in%.in}.txt" -q --custom-compile-command "make lock" $$(sed -n 's/^# uv: //p' "$$in") || exit 1; done
	@$(BIN)/python -m predmon.tools.java lock
	@for at in predmon/tools/node predmon/tools/browser; do (cd $$at && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund) || exit 1; done
