"""`python -m ops.migrations`: whether a migration would hold up a living system. Part of lint; needs no database.

What locks or rewrites a table that is there before the migration is refused: an index that is not built concurrently, a constraint that
is checked at once, a column that is rewritten, made NOT NULL or given a computed default, and what a program does to rows inside the
migration's transaction. A migration that must do so all the same says why in its class: `locks_because = "…"`; so does one that touches
a table that never grows.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

# The last migration of each app before this was asked; no installation is older.
BASE = {
    "core": "0006", "accounts": "0006", "deadlines": "0005", "documents": "0004", "notifications": "0004", "cases": "0009", "formats": "0001",
    "signed_in": "0001", "storing": "0001", "typed": "0001", "work": "0002", "referrals": "0020", "oversight": "0005", "systems": "0002",
}  # fmt: skip
_LOCKING_SQL = re.compile(
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|\bALTER\s+TABLE\b|\bUPDATE\s+\w|\bDELETE\s+FROM\b|\bLOCK\s+TABLE\b|\bVACUUM\s+FULL\b|\bCLUSTER\b|"
    r"\bREINDEX\s+(?!.*CONCURRENTLY)|\bTRUNCATE\b",
    re.IGNORECASE,
)
# Functions and triggers are swapped in a moment, whatever statements they hold.
_BODIES = re.compile(r"CREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE).*?\$(\w*)\$.*?\$\3\$", re.IGNORECASE | re.DOTALL)


def complaints(app: str, migration: Any, before: Any) -> list[str]:
    """What this migration would hold up; `before` is the project's state ahead of it (a ProjectState, which is changed to the one after)."""
    made: set[str] = set()
    found: list[str] = []
    for operation in migration.operations:
        found += list(_of(app, operation, before, made))
        operation.state_forwards(app, before)
    return [] if getattr(migration, "locks_because", "") else found


def _of(app: str, operation: Any, state: Any, made: set[str]) -> Iterator[str]:
    from django.contrib.postgres import operations as postgres
    from django.db.migrations import operations as ops

    name = type(operation).__name__
    table = str(getattr(operation, "model_name", getattr(operation, "name", ""))).lower()
    if isinstance(operation, ops.CreateModel):
        made.add(table)
    elif isinstance(operation, ops.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _of(app, inner, state, made)
    elif isinstance(operation, ops.RunPython):
        yield "RunPython works on rows inside the migration's transaction: do it in batches by a command, after it"
    elif isinstance(operation, ops.RunSQL):
        if _LOCKING_SQL.search(_BODIES.sub("", _text(operation.sql))):
            yield "RunSQL locks or rewrites a table"
    elif table in made or isinstance(operation, postgres.AddIndexConcurrently | postgres.AddConstraintNotValid | postgres.ValidateConstraint):
        return
    elif isinstance(operation, ops.AddIndex):
        yield f"{name} on {table}: AddIndexConcurrently, in a migration with atomic = False"
    elif isinstance(operation, ops.AddConstraint):
        yield f"{name} on {table} is checked at once: AddConstraintNotValid and ValidateConstraint, or a unique index built concurrently"
    elif isinstance(operation, ops.AlterUniqueTogether | ops.AlterIndexTogether):
        yield f"{name} on {table} builds an index under a lock"
    elif isinstance(operation, ops.AddField):
        yield from _added(table, operation)
    elif isinstance(operation, ops.AlterField):
        yield from _altered(app, table, operation, state)


def _text(sql: Any) -> str:
    if isinstance(sql, str):
        return sql
    return "\n".join(one if isinstance(one, str) else str(one[0]) for one in sql)


def _added(table: str, operation: Any) -> Iterator[str]:
    from django.db import models
    from django.db.models.expressions import Expression, Value

    field = operation.field
    what = f"{table}.{operation.name}"
    if isinstance(field, models.GeneratedField):
        yield f"{what} is generated: the whole table is rewritten"
    if field.unique or field.db_index:
        yield f"{what} gets its index under a lock: db_index=False, and AddIndexConcurrently"
    default = getattr(field, "db_default", models.NOT_PROVIDED)
    if isinstance(default, Expression) and not isinstance(default, Value):
        yield f"{what} has a default that is computed row by row: the whole table is rewritten"


def _altered(app: str, table: str, operation: Any, state: Any) -> Iterator[str]:
    old = state.models[app, table].fields[operation.name]
    new, what = operation.field, f"{table}.{operation.name}"
    types = _type(old), _type(new)
    if types[0] != types[1] and not _only_longer(*types):
        yield f"{what} changes from {types[0]} to {types[1]}: the whole table is rewritten"
    if old.null and not new.null:
        yield f"{what} becomes NOT NULL: all rows are read under a lock"
    if (new.unique or new.db_index) and not (old.unique or old.db_index):
        yield f"{what} gets an index under a lock"


def _type(field: Any) -> str:
    from django.db import connection

    if field.is_relation:
        return "relation"
    return str(field.db_parameters(connection)["type"])


def _only_longer(old: str, new: str) -> bool:
    """varchar(20) → varchar(60) or text: nothing is read or written anew."""
    was, now = (re.fullmatch(r"varchar\((\d+)\)", one) for one in (old, new))
    return bool(was) and (new == "text" or bool(now and int(now[1]) >= int(was[1])))  # type: ignore[index]


def _ours() -> set[str]:
    """The labels of the apps that lie in this checkout."""
    from django.apps import apps

    return {one.label for one in apps.get_app_configs() if Path(one.path).is_relative_to(ROOT) and ".venv" not in Path(one.path).parts}


def every() -> Iterator[tuple[str, list[str]]]:
    """Each migration of ours that came after the base, with what it would hold up."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    graph, state, seen, ours = MigrationLoader(None).graph, ProjectState(), set(), _ours()
    for leaf in sorted(graph.leaf_nodes()):
        for node in graph.forwards_plan(leaf):
            if node in seen:
                continue
            seen.add(node)
            app, name = node
            if app in ours and name[:4] > BASE.get(app, ""):
                yield f"{app} {name}", complaints(app, graph.nodes[node], state)
            else:
                graph.nodes[node].mutate_state(state, preserve=False)


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")
    django.setup()
    bad = [(name, said) for name, found in every() for said in found]
    for name, said in bad:
        print(f"{name}: {said}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
