"""Does a query read much more than it returns? From PostgreSQL's own account of it: EXPLAIN (ANALYZE, FORMAT JSON)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# A query may read ten times the rows that it returns, and a thousand in any case.
TIMES, FLOOR = 10, 1000
# What is read and thrown away stands beside what is kept.
THROWN_AWAY = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")


@dataclass(frozen=True)
class Account:
    """One query's rows: `read` from tables and indexes, `returned`, and `counted` by bounded counts on the way."""

    read: int
    returned: int
    counted: int
    worst: str

    @property
    def allowed(self) -> int:
        return max(FLOOR, TIMES * (self.returned + self.counted))

    @property
    def too_much(self) -> bool:
        return self.read > self.allowed


def account_of(plan: dict[str, Any]) -> Account:
    """The account of one plan, the "Plan" of EXPLAIN (ANALYZE, FORMAT JSON)."""
    scans = [(_read_by(node), _name_of(node)) for node in _nodes(plan) if node["Node Type"].endswith("Scan") and node["Node Type"] not in BETWEEN]
    read = sum(rows for rows, _name in scans)
    return Account(read, int(plan["Actual Rows"]), sum(_counted(node) for node in _nodes(plan)), max(scans, default=(0, ""))[1])


# They read what other nodes give them, not a table.
BETWEEN = ("CTE Scan", "Subquery Scan", "Function Scan", "Values Scan", "WorkTable Scan")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _read_by(node: dict[str, Any]) -> int:
    return int((node["Actual Rows"] + sum(node.get(name, 0) for name in THROWN_AWAY)) * node["Actual Loops"])


def _counted(node: dict[str, Any]) -> int:
    """What an aggregate over a LIMIT counts: as many as the bound lets through."""
    if node["Node Type"] != "Aggregate":
        return 0
    return sum(int(n["Actual Rows"] * n["Actual Loops"]) for child in node.get("Plans", ()) for n in _nodes(child) if n["Node Type"] == "Limit")


def _name_of(node: dict[str, Any]) -> str:
    return f"{node['Node Type']} {node.get('Relation Name', '')} {node.get('Index Name', '')}".strip()


def explained(statement: str, values: Any) -> Account:
    """Run a SELECT once more and account for it; what it may have locked is let go."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + statement, values)
        plan = cursor.fetchone()[0]
        transaction.set_rollback(True)
    return account_of((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])


class Watching:
    """Collects the SELECTs that are asked meanwhile, each with its values, once."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, str], tuple[str, Any]] = {}

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql).strip()
        if text.startswith(("SELECT", "(SELECT", "WITH")) and "pg_advisory" not in text and ";" not in text:
            self.asked[text, repr(params)] = (text, params)
        return execute(sql, params, many, context)

    def taken(self) -> list[tuple[str, Any]]:
        found, self.asked = list(self.asked.values()), {}
        return found
