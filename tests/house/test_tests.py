"""What keeps every test true when it is run alone."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent


def test_no_test_asks_for_a_fixture_by_name():
    """pytest makes a test database only when a test says beforehand that it wants one; `parametrize(..., indirect=True)` does."""
    asking = [str(path.relative_to(TESTS)) for path in TESTS.rglob("*.py") if path != Path(__file__) and "getfixturevalue" in path.read_text()]
    assert asking == []
