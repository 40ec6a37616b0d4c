# `make course` does everything once; `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# BLAS with one thread: the matrices of this course are small, and two threads only get in each
# other's way when notebooks and tests run side by side.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help course test test-slow lint format audit benchmark lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

course: $(VENV)/installed  ## set up, build, grade a sample class, train a model, draw the plots
	$(BIN)/w2v build
	$(BIN)/python -m tests.sample_class
	$(BIN)/w2v grade --unsafe  # the sample class is harmless: grade it without bubblewrap as well
	$(BIN)/w2v report
	$(BIN)/w2v train planted --notebooks notebooks/word2vec --out out/planted
	$(BIN)/w2v train documentation --notebooks notebooks/word2vec --out out/documentation --epochs 15 --learning-rate 0.05
	@echo
	@echo "Done. For students: release/  Solutions: solutions/  Grades: gradebook.db, out/report.html"
	@echo "Vectors and plots: out/planted/ and out/documentation/ (open words.png)"

test: $(VENV)/installed lint  ## lint, types and every fast test
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: $(VENV)/installed  ## the suites that need minutes
	$(BIN)/python -m pytest -m slow  # one by one: they start kernels, browsers and workers themselves

lint: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/installed  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: $(VENV)/installed  ## judge the hidden tests with mutants, variants and zero answers
	$(BIN)/w2v audit

benchmark: $(VENV)/installed  ## the trainer against gensim and others (writes docs/benchmark.md)
	$(BIN)/python -m benchmarks.training

lock: $(VENV)/installed  ## renew constraints.txt (use the oldest Python that pyproject.toml allows)
	$(BIN)/python -m pip install --quiet --upgrade --upgrade-strategy eager -e ".[dev]"
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:  ## remove what was made, not what was written
	rm -rf $(VENV) release solutions submitted autograded feedback out gradebook.db build dist
