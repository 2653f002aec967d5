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
    if not asked.changed:
        lock(proved)
    elif proved:
        print(f"docs/mutants.lock is behind in {len(proved)} rows; `make mutants ARGS='{' '.join(sorted(proved))}'` brings it up")
    return 1 if bad else 0


def run(wanted: list[Mutation]) -> list[Outcome]:
    """All of `wanted`, shared out over the servers in DATABASE_URLS; those that want a new database come last."""
    if not wanted:
        return []
    benches = min(len(os.environ["DATABASE_URLS"].split()), len(wanted))
    in_order = sorted(wanted, key=lambda m: (not m.file.endswith(".py"), m.test))
    shares = [(number, in_order[number::benches]) for number in range(benches)]
    with ThreadPoolExecutor(benches) as pool:
        return [outcome for share in pool.map(_share, shares) for outcome in share]


def _share(numbered: tuple[int, list[Mutation]]) -> list[Outcome]:
    number, share = numbered
    found = []
    with Bench(number) as bench:
        red = bench.red(sorted({m.test for m in share}))
        for mutation in share:
            outcome = Outcome(mutation, RED, "the test fails as the code stands") if mutation.test in red else bench.take_out(mutation)
            print(f"{outcome.verdict:<15} {mutation.clause:<12} {mutation.name} ({outcome.seconds:.0f} s)", flush=True)
            found.append(outcome)
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
