"""What keeps every test true when it is run alone."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

TESTS = Path(__file__).resolve().parent.parent


def test_no_test_asks_for_a_fixture_by_name():
    """pytest makes a test database only when a test says beforehand that it wants one; `parametrize(..., indirect=True)` does."""
    asking = [str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py") if path != Path(__file__) and "getfixturevalue" in path.read_text()]
    assert asking == []


def test_the_test_database_is_migrated_before_any_world_is_built(db):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
