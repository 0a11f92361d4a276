# Two commands are all most people need: `make run` and `make test`; `make help` lists the rest.
BIN := .venv/bin
NODE_ENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
# pip compiles nothing at set-up; what is imported is compiled once, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run demo test newcomer docs check quick format synth bootstrap deploy diff destroy ready setup browser foreign_writers lock clean simulate faults crash hostile dialects jsonata fuzz mutate campaign linters lint-templates combinations generator

help: ## this list
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: ready ## the main job on real files, on this machine
	@$(BIN)/tally local run
	@printf '\nNext:\n  make demo                               a week of files, the console and a tour\n'
	@printf '  .venv/bin/tally local run samples       files of your own, or a folder of them\n'
	@printf '  docs/tutorial.md                        from files to a contract, a failure and a redrive\n'

demo: ready ## a week of sample files on this machine: the console and a tour; Ctrl-C ends all
	@$(BIN)/tally demo

test: setup node_modules/.bin/cdk foreign_writers browser ## all tests, in random order and in parallel
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

faults: setup node_modules/.bin/cdk ## 10,000 files through the endpoint while faults are injected; FILES=200 SEED=2
	@$(BIN)/python tests/campaigns/faults/soak.py $(or $(FILES),10000) $(or $(SEED),1)

crash: setup ## uploads while the local runtime is killed and started again; FILES=2000 KILLS=200 SEED=1
	@$(BIN)/python tests/campaigns/crash/soak.py $(or $(FILES),2000) $(or $(KILLS),200) $(or $(SEED),1)

hostile: setup ## bombs, endless lines and broken structures, in full size; a table
	@$(BIN)/python tests/campaigns/faults/hostile.py

dialects: setup ## tables in generated dialects against csv and DuckDB; TABLES=20000 SEED=1
	@$(BIN)/python tests/campaigns/dialects $(or $(TABLES),20000) $(or $(SEED),1)

jsonata: setup foreign_writers ## generated expressions, ours beside jsonata 2.0.6; EXPRESSIONS=20000 SEED=2
	@$(BIN)/python tests/campaigns/jsonata $(or $(EXPRESSIONS),20000) $(or $(SEED),1)

fuzz: campaign ## each reader by atheris, guided by coverage; SECONDS=60 TARGET=csv
	@.venv-campaign/bin/python tests/campaigns/fuzz $(or $(SECONDS),60) $(TARGET)

mutate: campaign ## do the tests notice changes of the code? a sample: SAMPLE=100 SEED=1
	@.venv-campaign/bin/python tests/campaigns/mutation $(or $(SAMPLE),100) $(or $(SEED),1)

simulate: setup ## days of uploads and faults in virtual time; SEEDS=1000 FIRST=0
	@$(BIN)/python tests/campaigns/simulation $(or $(SEEDS),100) $(or $(FIRST),0)

newcomer: ## README and the tutorial, word by word, in a clean clone; the time of each step
	@python3 tests/campaigns/newcomer

docs: ready generator node_modules/.bin/cdk ## these pages as a site with search, in site/
	@.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going --fresh-env --doctree-dir site/.doctrees docs site
	@echo "open site/README.html in a browser; no server is needed"

check: quick node_modules/.bin/cdk ## all linters: `quick`, then templates, workflows and dates
	$(BIN)/python -m checks.templates
	$(BIN)/python -m checks.workflows
	$(BIN)/python -m checks.calendar

lint-templates: setup linters ## checkov and parliament over every kind of deployment
	$(BIN)/python -m checks.outside_linters

combinations: setup linters ## 40 combinations of settings synthesized, linted, deployed here; FIRST=1 LAST=24
	@$(BIN)/python tests/campaigns/combinations "$(FIRST)" "$(LAST)"

quick: setup ## format, lint, types and imports: what pre-commit runs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -p no:randomly tests/architecture

format: setup ## put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

synth: ready ## the CloudFormation templates, in cdk.out
	$(BIN)/python app.py

bootstrap: ready node_modules/.bin/cdk ## an account and region, once, for what the CDK needs there
	@$(NODE_ENV) npx cdk bootstrap $(ARGS)

deploy: ready node_modules/.bin/cdk ## to the account of your credentials; ARGS="-c environment=prod"
	@$(NODE_ENV) npx cdk deploy --all $(ARGS)

diff: ready node_modules/.bin/cdk ## what a deployment would change, without making a change set
	@$(NODE_ENV) npx cdk diff --no-change-set $(ARGS)

destroy: ready node_modules/.bin/cdk ## take a deployment down; prod keeps its data: docs/deploy.md
	@$(NODE_ENV) npx cdk destroy --all $(ARGS)

node_modules/.bin/cdk: package-lock.json
	@$(NODE_ENV) npm ci --silent

WRITERS := tests/foreign_writers

foreign_writers: setup $(WRITERS)/node_modules/.package-lock.json ## JavaScript libraries whose files the tests count

$(WRITERS)/node_modules/.package-lock.json: $(WRITERS)/package-lock.json
	@cd $(WRITERS) && $(NODE_ENV) npm ci --silent

ready: ## .venv with what running and deploying need: requirements/run.txt
	@python3 requirements/environment.py run

setup: ## .venv with what tests and checks need, too: requirements/dev.txt
	@python3 requirements/environment.py

browser: setup ## one for the tests of pages: found, or installed
	@$(BIN)/python requirements/browser.py

campaign: ## .venv-campaign, for `make fuzz` and `make mutate`
	@python3 requirements/environment.py campaign

linters: ## .venv-lint, for `make lint-templates`
	@python3 requirements/environment.py lint

generator: ## .venv-docs, for `make docs`
	@python3 requirements/environment.py docs

lock: setup ## renew the lock files
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade requirements/dev.in -o requirements/dev.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements/dev.txt requirements/run.in -o requirements/run.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements/dev.txt requirements/layer.in -o requirements/layer.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements/dev.txt requirements/values.in -o requirements/values.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --constraint requirements/dev.txt requirements/campaign.in -o requirements/campaign.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade requirements/lint.in -o requirements/lint.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade requirements/docs.in -o requirements/docs.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade requirements/bench.in -o requirements/bench.txt
	$(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header --quiet --upgrade requirements/bench-values.in -o requirements/bench-values.txt

clean: ## remove everything that was made here
	rm -rf .venv .venv-campaign .venv-lint .venv-docs .tally site cdk.out node_modules $(WRITERS)/node_modules *.egg-info .hypothesis .mypy_cache .ruff_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
