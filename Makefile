# Everything runs from a fresh clone: the first target that needs the environment makes it in .venv.
#   make test                        check, tests, coverage gate
#   make test PYTHON=python3.10      with a Python of your choice (3.10, 3.11 or 3.12)
#   make test PYTEST_ARGS="-k health"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-whole test-kafka check bench docs example goldens format soak fuzz clean

# The Python that makes the environments. One that is given is the only one tried.
ifdef PYTHON
PYTHONS := $(PYTHON)
else
PYTHON ?= python3
PYTHONS := $(PYTHON) python3.12 python3.11 python3.10
endif

BIN := .venv/bin
INSTALLED := .venv/.installed
DBT_INSTALLED := .venv-dbt/.installed
PYTEST_ARGS ?=
# Nothing run from here calls home.
export DATAHUB_TELEMETRY_ENABLED ?= false
GATED := datahub_dataproducts/domain/*,datahub_dataproducts/application/*

# Starts every candidate: a name on the PATH may belong to a Python that is not there.
define MAKE_VENV
found=; \
for python in $(PYTHONS); do \
  if $$python -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; \
  then found=$$python; break; fi; \
done; \
if [ -z "$$found" ]; then \
  echo "No Python 3.10, 3.11 or 3.12 found (tried: $(PYTHONS))."; \
  echo "Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; \
  exit 1; \
fi >&2; \
echo "Making $(1) with $$found ($$($$found --version))"; \
rm -rf $(1); \
$$found -m venv $(1) || { \
  echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; \
  exit 1; \
}
endef

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): setup.py
	@$(call MAKE_VENV,.venv)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

$(DBT_INSTALLED): Makefile
	@$(call MAKE_VENV,.venv-dbt)
	.venv-dbt/bin/python -m pip install --quiet 'dbt-core>=1.11,<1.12' 'dbt-duckdb>=1.11,<1.12'
	@touch $@

demo: $(INSTALLED) ## the whole way on the example: declare, publish, watch, tell
	$(BIN)/python examples/demo.py

test: check ## check, then all tests, then the coverage gate on domain and application
	$(BIN)/python -m pytest -n auto --dist loadfile -m 'not whole' --cov --cov-report= $(PYTEST_ARGS)
	$(BIN)/coverage report
	@echo "Every line and branch of the domain and the application:"
	$(BIN)/coverage report --include='$(GATED)' --fail-under=100

test-whole: $(INSTALLED) ## the whole way by real processes, with what may break in between; all cases of the searches
	SEARCH_ALL_CASES=1 $(BIN)/python -m pytest -n auto --dist loadfile -m 'whole or search' $(PYTEST_ARGS)

# What Maven fetches, by the coordinates in pom.xml and with its checksums.
KAFKA_POM := tests/integration/kafka/broker/pom.xml
KAFKA_JARS := .kafka/jars
$(KAFKA_JARS): $(KAFKA_POM)
	@for needed in java:openjdk-17-jre-headless mvn:maven; do \
	  command -v $${needed%%:*} >/dev/null || { \
	    echo "make test-kafka needs $${needed%%:*}; on Debian and Ubuntu: apt install $${needed##*:}" >&2; \
	    exit 1; \
	  }; \
	done
	@echo "Fetching Apache Kafka into $(KAFKA_JARS)"
	@rm -rf $@ $@.new
	@mvn --quiet --batch-mode --strict-checksums --file $(KAFKA_POM) \
	  dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=$(CURDIR)/$@.new
	@mv $@.new $@ && touch $@

test-kafka: $(INSTALLED) $(KAFKA_JARS) ## events over a real Apache Kafka, with what can go wrong there (needs java and mvn)
	$(BIN)/python -m tests.integration.kafka $(KAFKA_JARS) $(PYTEST_ARGS)

check: $(INSTALLED) ## lint, formatting, types, direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED) ## put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED) ## how fast, measured side by side in one run
	$(BIN)/python benchmarks/run.py

example: $(INSTALLED) $(DBT_INSTALLED) ## make the artifacts of the example anew with real dbt, and what quotes them
	PATH="$(CURDIR)/.venv-dbt/bin:$$PATH" $(BIN)/python examples/analytics/make_artifacts.py
	$(BIN)/python examples/record_demo.py
	$(BIN)/python -m tests.replays

goldens: $(INSTALLED) ## make anew what is kept of replays, formats of messages and the story that people read; read what changes in it
	$(BIN)/python -m tests.replays
	$(BIN)/python -m tests.kept_formats
	$(BIN)/python -m tests.integration.story

docs: $(INSTALLED) ## make the pages anew that are made: schema, reference, problems, the story for analysts
	$(BIN)/python -m docs.generate
	$(BIN)/python -m tests.docs.authoring_story

soak: $(INSTALLED) ## random histories against the words, on all cores (SOAK_CASES=10000 SOAK_SEED=0)
	$(BIN)/python -m tests.soak

FUZZ_SECONDS ?= 3600
fuzz: $(INSTALLED) ## an hour of damaged product files for the reader (FUZZ_SECONDS=...)
	$(BIN)/python -m pip install --quiet atheris
	mkdir -p .fuzz
	cd .fuzz && ../$(BIN)/python ../tests/fuzz/fuzz_product_files.py . -max_total_time=$(FUZZ_SECONDS)

clean: ## remove the environments and what the tools left behind
	rm -rf .venv .venv-dbt .demo .fuzz .kafka build dist htmlcov .coverage .hypothesis .import_linter_cache \
	  .mypy_cache .pytest_cache .ruff_cache *.egg-info
