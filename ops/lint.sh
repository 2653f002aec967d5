#!/bin/sh
# Everything that can be told without running the product.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
$bin/ruff check .
$bin/ruff format --check . --exclude '*/migrations/*'
$bin/mypy
$bin/lint-imports --no-cache
$bin/djhtml --check --tabwidth 2 templates
$bin/python -W ignore manage.py makemigrations --check --dry-run -v0 2>/dev/null || { echo "migrations are missing"; exit 1; }
$bin/python -W ignore -m ops.migrations || { echo "a migration would hold up a living system"; exit 1; }
$bin/python -m ops.translations
echo "lint: clean"
