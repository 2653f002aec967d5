"""What keeps every test true when it is run alone."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.alone import every_file, those_at

TESTS = Path(__file__).resolve().parent.parent


def test_no_test_asks_for_a_fixture_by_name():
    """pytest makes a test database only when a test says beforehand that it wants one; `parametrize(..., indirect=True)` does."""
    asking = [str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py") if path != Path(__file__) and "getfixturevalue" in path.read_text()]
    assert asking == []


def test_the_test_database_is_migrated_before_any_world_is_built(db):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_a_changed_line_names_the_test_that_it_stands_in():
    source = "import pytest\n\n\ndef helper():\n    pass\n\n\n@pytest.mark.slow\ndef test_one():\n    assert 1\n\n\ndef test_two():\n    assert 2\n"
    assert those_at(source, {5}) == []
    assert those_at(source, {8}) == those_at(source, {10}) == ["test_one"]
    assert those_at(source, {9, 13}) == ["test_one", "test_two"]


def test_every_test_file_is_run_alone():
    files = every_file()
    assert "tests/house/test_tests.py" in files
    assert all((TESTS.parent / file).is_file() for file in files)
