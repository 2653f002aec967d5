"""`python -m bench [--quick]`: load 20,000 cases, and 1,000,000 unless quick; measure both; print one table with ratios and spread."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.flat import FLAT_AT_MOST, is_flat

# Large enough that a plan which walks a table shows it, small enough to load in minutes.
PLANS_AT = 200_000


def database(name: str) -> str:
    """The address of a fresh database of this name, for the superuser: loading by the million switches triggers off."""
    parts = urlsplit(os.environ.get("ADMIN_DATABASE_URL") or os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(parts._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlunsplit(parts._replace(path=f"/{name}"))


def run(env: dict[str, str], *arguments: str) -> Any:
    done = subprocess.run([sys.executable, *arguments], env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"bench: {' '.join(arguments)} failed")
    return json.loads(done.stdout.strip().splitlines()[-1]) if done.stdout.strip() else None


def loaded_database(cases: int) -> tuple[dict[str, str], dict[str, Any]]:
    """A fresh database with this many cases: the environment that names it, and what loading it took."""
    env = os.environ | {"DATABASE_URL": database(f"bench_{cases}"), "DJANGO_SETTINGS_MODULE": "bench.settings"}
    run(env, "manage.py", "migrate", "-v0")
    run(env, "manage.py", "collectstatic", "--no-input", "-v0")
    loaded = run(env, "-m", "bench.load", "--cases", str(cases))
    sys.stderr.write(f"loaded {loaded['rows']:,} rows of {cases:,} cases in {loaded['seconds']:.0f} s\n")
    return env, loaded


def measured(cases: int, quick: bool) -> dict[str, Any]:
    env, loaded = loaded_database(cases)
    # Before the measuring, which changes what lies on the desks.
    plans = run(env, "-m", "bench.offenders", "--json") if cases == PLANS_AT else None
    return run(env, "-m", "bench.measure", *(["--quick"] if quick else [])) | {"loaded": loaded, "plans": plans}


def plans_at(cases: int) -> dict[str, Any]:
    """Every query of every page and REST list, explained on a database of this many cases."""
    env, _loaded = loaded_database(cases)
    return dict(run(env, "-m", "bench.offenders", "--json"))


def machine() -> str:
    with open("/proc/meminfo", encoding="ascii") as stream:
        memory = int(stream.readline().split()[1]) >> 20
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}"


def table(runs: list[dict[str, Any]], judge: bool) -> str:
    """The results as Markdown: each piece of work with its limit, the ratio, its spread, the target and whether it is met."""
    lines = [f"{dt.date.today().isoformat()}, {machine()}."]
    for one in runs:
        rows = one["loaded"]
        lines += ["", f"## {one['cases']:,} cases ({rows['rows']:,} rows loaded in {rows['seconds']:.0f} s, {one['database_mb']:,} MB)", ""]
        lines += ["| work | ms | limit | ms | ratio | spread | target | |", "| --- | ---: | --- | ---: | ---: | --- | --- | --- |"]
        for r in one["results"]:
            met = "" if r["target"] is None or not judge else "yes" if r["ratio"] <= r["target"] else "NO"
            target = "" if r["target"] is None else f"≤ {r['target']:.1f}"
            lines.append(
                f"| {r['name']} | {r['work_ms']:.2f} | {r['beside']} | {r['limit_ms']:.2f} | {r['ratio']:.2f} | {r['spread'][0]:.2f}–{r['spread'][1]:.2f} | {target} | {met} |"
            )
        memory = one["memory"]
        told = ", ".join(f"{count['rows']:,} rows {count['seconds']:.1f} s and {count['peak_mb']:.0f} MB" for count in memory["rows"].values())
        lines += [
            "",
            f"Ledger: {told} at its peak. Letters: {memory['letters']['letters_per_minute']:.0f} a minute per worker, {memory['letters']['peak_mb']:.0f} MB at its peak.",
        ]
    if len(runs) == 2:
        lines += growth(*runs)
    return "\n".join(lines) + "\n"


def growth(small: dict[str, Any], large: dict[str, Any]) -> list[str]:
    """The same work's ratio to its limit on the large table against that on the small one.

    The limits do not grow (hello, a look-up by key, 26 rows of an index), and a machine that is busier in one half slows both alike.
    """
    before, after = ({r["name"]: r["ratio"] for r in one["results"]} for one in (small, large))
    lines = [
        "",
        f"## What must not grow: {large['cases']:,} against {small['cases']:,}",
        "",
        "| work | ratio (target ≤ 1.5) | |",
        "| --- | ---: | --- |",
    ]
    for name in filter(is_flat, before):
        ratio = after[name] / before[name]
        lines.append(f"| {name} | {ratio:.2f} | {'yes' if ratio <= FLAT_AT_MOST else 'NO'} |")
    return lines


def read_too_much(plans: dict[str, Any], cases: int) -> list[str]:
    """The queries of pages and REST lists that read more than ten times what they return."""
    lines = ["", f"## Plans at {cases:,} cases", "", f"{plans['queries']} queries explained, {len(plans['offenders'])} read too much.", ""]
    if plans["offenders"]:
        lines += ["| post | address | read | returned | most of it | from |", "| --- | --- | ---: | ---: | --- | --- |"]
    return lines + [f"| {o['who']} | {o['address']} | {o['read']:,} | {o['returned']:,} | {o['worst']} | {o['from']} |" for o in plans["offenders"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 cases and few rounds: keeps the bench from rotting, judges nothing")
    parser.add_argument("--large", type=int, default=1_000_000, help="cases of the second run; a machine that is shared may not bear a million")
    given = parser.parse_args()
    runs = [measured(20_000, given.quick)]
    if not given.quick:
        runs.append(measured(given.large, False))
    sys.stdout.write(table(runs, judge=not given.quick))
    if not given.quick:
        sys.stdout.write("\n".join(read_too_much(runs[-1]["plans"] or plans_at(PLANS_AT), PLANS_AT)) + "\n")


if __name__ == "__main__":
    main()
