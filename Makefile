# The project's commands; `make help` lists them.

PYTHON ?= python3
VENV := .venv
DBT := $(VENV)/bin/dbt
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the commands.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# An environment is made anew when its lock file changes.
$(VENV)/.main: requirements/main.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Footfall needs Python 3.11 or newer; set PYTHON to one.")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/main.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.main
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

.PHONY: setup
setup: $(VENV)/.dev ## Set up the environment for runs and tests.

.PHONY: run
run: $(VENV)/.main ## Build all marts from the named input, or from the sample.
	$(DBT) build --exclude-resource-type unit_test
	@$(VENV)/bin/python scripts/summary.py

.PHONY: docs
docs: $(VENV)/.main ## Write the documentation of all tables into one HTML file, after a run.
	$(VENV)/bin/python scripts/docs_site.py

# The dashboard has an environment of its own: it reads what is published, and no more.
$(VENV)-dashboard/.done: requirements/dashboard.txt
	$(PYTHON) -m venv $(VENV)-dashboard
	$(VENV)-dashboard/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dashboard.txt
	@touch $@

.PHONY: dashboard
dashboard: $(VENV)-dashboard/.done ## Open a web page on what is published.
	$(VENV)-dashboard/bin/python -m streamlit run dashboard/app.py

.PHONY: report
report: $(VENV)/.main ## Write the overview of what is published into one HTML file.
	$(VENV)/bin/python -m dashboard.report

.PHONY: test-dashboard
test-dashboard: $(VENV)/.main $(VENV)-dashboard/.done ## Look at the dashboard in Chromium.
	$(VENV)-dashboard/bin/python -m pytest -v tests/test_dashboard_browser.py

.PHONY: test
test: $(VENV)/.dev ## Run every test: lint, unit and data tests, pytest.
	$(VENV)/bin/python scripts/test_all.py

.PHONY: lint
lint: $(VENV)/.dev ## Check the style of the SQL and the Python.
	$(VENV)/bin/sqlfluff lint models tests
	$(VENV)/bin/ruff check .

.PHONY: sample
sample: $(VENV)/.main ## Make the samples in data/ again.
	$(VENV)/bin/python scripts/make_sample.py
	$(VENV)/bin/python scripts/make_format_samples.py

.PHONY: lock
lock: $(VENV)/.dev ## Write the lock files from requirements/*.in.
	$(VENV)/bin/python -m pip install --quiet uv
	for name in main dev benchmarks dashboard spark metrics; do \
		$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements/$$name.in --output-file requirements/$$name.txt; \
	done

# Spark has an environment of its own: it is large, and needs Java 17.
$(VENV)-spark/.done: requirements/spark.txt
	@java -version >/dev/null 2>&1 || { echo "Spark needs Java 17, which is not here."; exit 1; }
	$(PYTHON) -m venv $(VENV)-spark
	$(VENV)-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/spark.txt
	@touch $@

.PHONY: test-spark
test-spark: $(VENV)/.dev $(VENV)-spark/.done ## Run the tests on Spark; needs Java 17.
	FOOTFALL_TEST_SPARK=yes $(VENV)/bin/python -m pytest -v tests/test_spark.py

# MetricFlow has an environment of its own: a run needs none of it.
$(VENV)-metrics/.done: requirements/metrics.txt
	$(PYTHON) -m venv $(VENV)-metrics
	$(VENV)-metrics/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/metrics.txt
	@touch $@

.PHONY: metrics
metrics: $(VENV)-metrics/.done ## Set up `mf` to query the metrics, and check them, after a run.
	PATH="$(CURDIR)/$(VENV)-metrics/bin:$$PATH" dbt --quiet parse
	PATH="$(CURDIR)/$(VENV)-metrics/bin:$$PATH" mf validate-configs

.PHONY: test-metrics
test-metrics: $(VENV)/.dev $(VENV)-metrics/.done ## Compare the metrics with SQL.
	$(VENV)/bin/python -m pytest -v tests/test_metrics.py

# Benchmarks have an environment of their own: the peers are many and large.
$(VENV)-benchmarks/.done: requirements/benchmarks.txt
	$(PYTHON) -m venv $(VENV)-benchmarks
	$(VENV)-benchmarks/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/benchmarks.txt
	@touch $@

.PHONY: bench-small
bench-small: $(VENV)-benchmarks/.done ## Measure on 1 million hits, in 12 minutes.
	$(VENV)-benchmarks/bin/python benchmarks/run.py --small

.PHONY: bench
bench: $(VENV)-benchmarks/.done ## Measure on 10, 50 and 100 million hits, in two hours.
	$(VENV)-benchmarks/bin/python benchmarks/run.py --full

.PHONY: clean
clean: ## Remove what runs and tests left, but no database.
	rm -rf target logs .pytest_cache
