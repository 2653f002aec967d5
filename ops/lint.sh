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
$bin/python manage.py makemigrations --check --dry-run -v0
echo "lint: clean"
