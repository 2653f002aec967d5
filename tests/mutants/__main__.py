"""Take rules out and see whether their tests fail: `make mutants`, `make mutants ARGS="XC-2.2-g"`, `make mutants-changed`."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.mutants.running import KILLED, RED, Bench, Outcome
from tests.mutants.table import Mutation, fingerprint, lock, locked, mutations, rows


def main(arguments: list[str]) -> int:
    """Run what was asked for; returns 0 when every rule that was taken out was missed by its test."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("clauses", nargs="*", help="these rows only, e.g. XC-2.2-g; all by default")
    parser.add_argument("--changed", action="store_true", help="rows whose place, test or mutation changed; the lock is left alone")
    parser.add_argument("--lock", action="store_true", help="with --changed: note in the lock the rows that were missed by their tests")
    asked = parser.parse_args(arguments)
    every = mutations()
    prints = {row.clause: fingerprint(row, [m for m in every if m.clause == row.clause]) for row in rows()}
    unknown = set(asked.clauses) - set(prints)
    if unknown:
        parser.error(f"docs/clauses.md has no {', '.join(sorted(unknown))}")
    known = locked()
    wanted = [m for m in every if not asked.clauses or m.clause in asked.clauses]
    if asked.changed:
        wanted = [m for m in wanted if known.get(m.clause) != prints[m.clause]]
    found = run(wanted)
    report(found)
    bad = {outcome.mutation.clause for outcome in found if outcome.verdict != KILLED}
    proved = {m.clause: prints[m.clause] for m in wanted if m.clause not in bad}
    if asked.lock or not asked.changed:
        lock(proved)
    elif proved:
        print(f"docs/mutants.lock is behind in {len(proved)} rows: {' '.join(sorted(proved))} (`make mutants-changed ARGS=--lock` brings it up)")
    return 1 if bad else 0


def run(wanted: list[Mutation]) -> list[Outcome]:
    """All of `wanted`, shared out over the servers in DATABASE_URLS; a piece of source that several rows take out, once."""
    alike: dict[tuple[str, ...], list[Mutation]] = {}
    for mutation in wanted:
        alike.setdefault((mutation.file, mutation.symbol, mutation.was, mutation.now), []).append(mutation)
    # Those that want a new database come last.
    groups = sorted(alike.values(), key=lambda same: not same[0].file.endswith(".py"))
    benches = min(len(os.environ["DATABASE_URLS"].split()), len(groups))
    if not benches:
        return []
    with ThreadPoolExecutor(benches) as pool:
        shares = pool.map(_share, range(benches), [groups[number::benches] for number in range(benches)])
        return [outcome for share in shares for outcome in share]


def _share(number: int, groups: list[list[Mutation]]) -> list[Outcome]:
    found: list[Outcome] = []
    with Bench(number) as bench:
        red = bench.red(sorted({mutation.test for same in groups for mutation in same}))
        for same in groups:
            found += [Outcome(m, RED, "the test fails as the code stands") for m in same if m.test in red]
            left = [m for m in same if m.test not in red]
            outcomes = bench.take_out(left) if left else []
            for outcome in outcomes:
                print(f"{outcome.verdict:<15} {outcome.mutation.clause:<12} {outcome.mutation.name}", flush=True)
            found += outcomes
    return found


def report(found: list[Outcome]) -> None:
    """One table, the ones that went wrong last."""
    order = {row.clause: number for number, row in enumerate(rows())}
    print()
    for outcome in sorted(found, key=lambda o: (o.verdict != KILLED, order[o.mutation.clause])):
        print(f"{outcome.verdict:<15} {outcome.mutation.clause:<12} {outcome.mutation.name:<44} {outcome.mutation.test}")
        if outcome.verdict != KILLED:
            print(f"{'':<15} {outcome.why}")
    killed = sum(outcome.verdict == KILLED for outcome in found)
    print(f"{killed} of {len(found)} rules taken out were missed by their tests")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
