# `make` alone prints what there is to do.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check lint types bench soak seed openapi docs messages fix lock clean clean-data
.DELETE_ON_ERROR:

export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
PYTHON ?=
TEMPLATES = $$(find portico -name '*.html' -path '*/templates/*')
CATALOG = portico/locale/zh_Hans/LC_MESSAGES/django.po
MANAGE = DJANGO_SETTINGS_MODULE=portico.config.settings $(BIN)/python -m django
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

# uv is quicker; pip does as well, where uv cannot reach what pip is configured for.
define install
	@echo "Installing $(1)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) \
		|| $(BIN)/python -m pip install --quiet --require-hashes -r $(1)
endef

help:
	@echo "make VERB, where VERB is one of"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(BIN)/.run ## start Portico with demo data (what is missing is installed first)
	@exec $(BIN)/portico up --demo

test: $(BIN)/.test ## run the whole test suite
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m pytest -n 2 -m "not soak"

check: lint types test ## everything that has to pass: lint, types, test

lint: $(BIN)/.test ## check style, templates, spelling, dependencies and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)
	@$(BIN)/codespell
	@$(BIN)/deptry .
	@$(BIN)/lint-imports

types: $(BIN)/.test ## check types
	@$(BIN)/mypy

bench: $(BIN)/.test ## measure requests per second
	@$(BIN)/python -m tests.bench

soak: $(BIN)/.test ## run the long tests
	@$(BIN)/python -m tests.chromium
	@$(BIN)/python -m pytest -m soak

seed: $(BIN)/.run ## fill in the demo data (while Portico runs)
	@$(BIN)/portico seed

openapi: $(BIN)/.run ## write docs/openapi.json
	@$(BIN)/portico openapi > docs/openapi.json.new
	@mv docs/openapi.json.new docs/openapi.json

docs: $(BIN)/.test openapi ## write the generated parts of the documentation
	@if [ -e tests/docs.py ] || [ -e tests/docs ]; then $(BIN)/python -m tests.docs; fi

messages: $(BIN)/.run ## gather the texts to translate, compile the translations (needs gettext)
	@$(MANAGE) makemessages --locale zh_Hans --ignore .venv --ignore tests --no-obsolete \
		--no-wrap --add-location file
	@grep -v '^"POT-Creation-Date' $(CATALOG) > $(CATALOG).new
	@mv $(CATALOG).new $(CATALOG)
	@$(MANAGE) compilemessages --locale zh_Hans --ignore .venv

fix: $(BIN)/.test ## mend what can be mended automatically
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES)

lock: $(BIN)/.test ## pin the newest versions that requirements/*.in allow
	@$(LOCK) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(LOCK) --upgrade requirements/run.in -o requirements/run.txt
	@$(LOCK) --upgrade -c requirements/run.txt requirements/test.in -o requirements/test.txt

clean: $(if $(DATA),clean-data) ## remove what was installed (DATA=1: the data too)
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf build test-results *.egg-info
	@find portico tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@if [ -z "$(DATA)" ]; then echo "Data is kept. make clean DATA=1 removes it."; fi

clean-data: $(BIN)/.run
	@$(BIN)/python -m portico.config.running.removal

# The stamps say what has been installed, so that a later run need not look.

$(BIN)/.python: requirements/uv.txt
	@for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11; do \
		if [ -n "$$python" ] && \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Portico needs Python 3.11 or newer, and python3 is older or missing." \
			"Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found lacks the module venv. On Debian and Ubuntu: apt-get install python3-venv" \
			>&2; exit 1; fi; \
	$(BIN)/python -c '' 2>/dev/null || clear=--clear; \
	"$$found" -m venv $$clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt || true
	@printf '#!/bin/sh\nexec "%s/$(BIN)/python" -P -m portico.config.cli "$$@"\n' "$(CURDIR)" > $(BIN)/portico
	@chmod +x $(BIN)/portico
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/portico.pth"
	@touch $@

$(BIN)/.run: $(BIN)/.python requirements/run.txt
	$(call install,requirements/run.txt)
	@touch $@

$(BIN)/.test: $(BIN)/.python requirements/test.txt
	$(call install,requirements/test.txt)
	@touch $@
