"""`python -m bench.load --cases N`: N honest cases by COPY, on top of the five districts, sequences left right."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import secrets
import sys
import time
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection
from psycopg import sql

from bench.cases import Load
from bench.district import DISTRICTS

BULKY = (
    "cases_case",
    "cases_caseversion",
    "referrals_referral",
    "referrals_party",
    "cases_material",
    "deadlines_clock",
    "documents_officialdocument",
    "core_auditentry",
    "referrals_wording",
)


def _take_indexes_off() -> list[str]:
    """Drop the plain indexes of the large tables; returns the statements that make them again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(BULKY)],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [definition for _name, definition in found]


def _finish(indexes: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes:
            cursor.execute(definition)
        for table in ("cases_case", "cases_caseversion", "cases_material", "referrals_referral", "deadlines_clock"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
        cursor.execute("ANALYZE")
        for child, column, parent in (("referrals_party", "referral_id", "referrals_referral"), ("referrals_referral", "case_id", "cases_case"),
                                      ("referrals_referral", "case_version_id", "cases_caseversion"),
                                      ("oversight_escalation", "clock_id", "deadlines_clock")):  # fmt: skip
            cursor.execute(f"SELECT COUNT(*) FROM {child} c LEFT JOIN {parent} p ON p.id = c.{column} WHERE p.id IS NULL AND c.{column} IS NOT NULL")
            if cursor.fetchone()[0]:
                raise RuntimeError(f"{child}.{column} points nowhere")


def _share(job: tuple[int, int, int]) -> int:
    return Load(*job).run()


def load(cases: int, processes: int = 2) -> dict[str, Any]:
    """Build the five districts if they are not there and add `cases` cases; returns rows and seconds."""
    from demo.world import build_world

    began = time.monotonic()
    for key, _share_of in DISTRICTS:
        build_world(key, password=secrets.token_urlsafe(12))
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM referrals_referral")
        first = cursor.fetchone()[0]
    indexes = _take_indexes_off() if cases > 50_000 else []
    part = -(-cases // processes)
    jobs = [(first + n * part, min(part, cases - n * part), cases) for n in range(processes) if cases > n * part]
    # Nothing of this process's pool of connections may be shared with the children.
    connection.close()
    connection.close_pool()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        rows = sum(pool.map(_share, jobs))
    _finish(indexes)
    return {"cases": cases, "rows": rows, "seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(load(given.cases, given.processes)) + "\n")
