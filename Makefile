# Les commandes du projet : « make help » les énumère.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install -qq --disable-pip-version-check --require-hashes --no-deps --only-binary :all:
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

export FLASK_APP := app:create_app

.PHONY: help setup setup-dev run test test-fast test-long check catalogue format bench audit lock

help: ## cette liste
	@echo "Commandes (make COMMANDE) :"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(CATALOGUES) ## installe le portail (environnement Python, paquets vérifiés, traductions)

setup-dev: setup $(VENV)/.installed-dev ## installe aussi les outils de test et de contrôle

run: setup ## démarre le portail, sa base de données et le fournisseur d'identité ; Ctrl-C arrête tout
	@exec $(BIN)/python -m app.dev.run

test: setup-dev ## tous les tests : règles, base de données, parcours dans un vrai navigateur
	@$(BIN)/pytest

test-fast: setup-dev ## les tests sans navigateur
	@$(BIN)/pytest -m "not journey"

test-long: setup-dev ## la marche des accès, bien plus longue : des heures
	@$(BIN)/pytest --hypothesis-profile=long tests/security/test_access_model.py

check: setup-dev ## format, style, types, architecture, gabarits, catalogue, migrations
	@$(BIN)/python -m app.dev.check

catalogue: setup-dev ## relève les textes à traduire et met translations/ à jour
	@$(BIN)/python -m app.dev.catalogue

format: setup-dev ## met le code et les imports en forme
	@$(BIN)/ruff check --quiet --fix --select I . && $(BIN)/ruff format .

bench: setup-dev ## mesure le portail et écrit var/bench.json
	@exec $(BIN)/python -m bench $(MESURES)

audit: setup-dev ## cherche les failles connues des paquets ; échoue si la base d'avis est injoignable
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt

lock: setup-dev ## fige à nouveau les versions des paquets (requirements*.in → requirements*.txt)
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

$(VENV)/.installed: requirements.txt | $(BIN)/pip
	@echo "Installation des paquets du portail (une à deux minutes la première fois)…"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt | $(VENV)/.installed
	@echo "Installation des outils de test et de contrôle…"
	@$(INSTALL) -r $<
	@touch $@

# PYTHON=… chooses the interpreter; else the first one recent enough.
$(BIN)/pip:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Il faut Python 3.11 à 3.14. Installez-le, ou indiquez-le : make $(firstword $(MAKECMDGOALS)) PYTHON=/chemin/vers/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$found" -m venv --clear $(VENV); then \
	  rm -rf $(VENV); \
	  echo "L'environnement Python n'a pas pu être créé. Sur Debian ou Ubuntu : apt install python3-venv" >&2; exit 1; \
	fi

%.mo: %.po | $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
