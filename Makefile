# Everything a person runs. `make help` lists it; Python 3.11+ and make are all that is needed.
PYTHON ?= python3
DATA ?= ../shared/data/cola
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
# A caller's own virtual environment must not leak into ours, and modules are compiled once, not at every start.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo down clean test check evaluate bench deploy lock

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: ## install the pinned tools into .venv
	@$(PYTHON) local/bootstrap.py

demo: setup ## start the local cloud, deploy, send real sentences, print the counts and the dashboard's address
	@predmon up && predmon send local/sentences.csv --wait

down: setup ## stop the local cloud; its data stays
	@predmon down

clean: setup ## stop the local cloud and remove its data
	@predmon down --remove-data

test: setup ## run every test; they start what they need
	@pytest -n 2 --dist loadfile tests/unit tests/synth
	@pytest tests/local

check: setup ## format, lint, types, templates, workflows, dependencies
	@ruff format --check .
	@ruff check .
	@mypy
	@python -m checks

evaluate: setup ## measure the packaged model on CoLA (make evaluate DATA=folder with in_domain_dev.tsv)
	@python -m inference_lambda.training.evaluate $(DATA) --at-least 0.35

bench: setup ## measure against the floor and the naive way
	@python -m benchmarks

deploy: setup ## deploy to AWS (profile dev; make deploy ARGS="-c profile=production ...")
	@predmon deploy $(ARGS)

lock: setup ## resolve all lock files anew
	@uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		-o requirements.lock -q --custom-compile-command "make lock"
	@for in in */requirements.in */*/requirements.in; do [ -e "$$in" ] || continue; \
		uv pip compile "$$in" --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		-o "$${in%.in}.txt" -q --custom-compile-command "make lock" $$(sed -n 's/^# uv: //p' "$$in"); done
	@python -m local.java lock
	@for at in local/node local/browser; do (cd $$at && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund) || exit 1; done
