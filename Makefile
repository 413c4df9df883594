# make site | serve | test | bench | clean. PYTHON names another interpreter than python3.
PYTHON ?= python3
RUN := .venv/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
export NO_MKDOCS_2_WARNING = 1

.PHONY: help site serve test bench clean

help:
	@echo 'make site    build the site into site/ (sets up .venv the first time)'
	@echo 'make serve   serve it on localhost, and rebuild on every edit'
	@echo 'make test    check style, types, imports; run all tests and all pages'
	@echo 'make bench   measure speed and memory, as ratios'
	@echo 'make clean   remove what was built and cached, and .venv'

site: .venv/site
	$(RUN) -m bookbuild build

serve: .venv/site
	$(RUN) -m bookbuild serve

test: .venv/test
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/basedpyright --level error
	.venv/bin/lint-imports --no-cache
	OMP_NUM_THREADS=1 $(RUN) -m pytest --quiet -n auto --maxprocesses 4 --dist worksteal

bench: .venv/test
	$(RUN) -m tests.bench

clean:
	rm -rf .venv .bookbuild site

# Each stamp says: these pins are installed. The package itself is installed in place.
.venv/site: docs/requirements.txt pyproject.toml
	test -x $(RUN) || $(PYTHON) -m venv .venv
	$(PIP) --requirement docs/requirements.txt
	$(PIP) --no-build-isolation --no-deps --editable .
	touch $@

.venv/test: tests/requirements.txt .venv/site
	$(PIP) --requirement tests/requirements.txt
	touch $@
