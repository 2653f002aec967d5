"""`python -m bench.measure`: everything once, in one interleaved run, on the database that is there; prints JSON."""

from __future__ import annotations

import argparse
import bisect
import contextlib
import datetime as dt
import itertools
import json
import subprocess
import sys
import time
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import beside, letters, sweep
from bench.growth import growth_pairs
from bench.timing import Pair, measure
from bench.web import Bench, ledger, raw, warm
from deadlines.book import current_calendar
from oversight import watch
from referrals.models import Referral
from referrals.rules import profile_of_referral
from referrals.same_facts import same_facts


def days() -> Pair:
    """Adding working days beside looking the day up in a table of all of them."""
    calendar = current_calendar()
    starts = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(700)]
    table = [d for d in (dt.date(2023, 12, 1) + dt.timedelta(days=n) for n in range(900)) if calendar.is_workday(d)]

    def ours() -> None:
        for day in starts:
            calendar.add_workdays(day, 5)

    def look_up() -> None:
        for day in starts:
            table[bisect.bisect_right(table, day) + 4]

    for day in starts:
        if calendar.add_workdays(day, 5) != table[bisect.bisect_right(table, day) + 4]:
            raise RuntimeError(f"a wrong working day after {day}")
    return Pair("working-day addition (700 at once)", ours, look_up, "table look-up", 3, times=5)


def letter_pairs() -> list[Pair]:
    bare, pairs = letters.Bare(), []
    for pages, paragraphs in ((1, 2), (3, 14)):
        words, html = letters.letter(paragraphs), letters.html(paragraphs)
        found = letters.render_pdf(words, "AAAA-BBBB-CCCC-DDDD")[1]
        if found != pages:
            raise RuntimeError(f"the letter of {pages} pages has {found}")
        ours = lambda words=words: letters.render_pdf(words, "AAAA-BBBB-CCCC-DDDD")  # noqa: E731
        pairs.append(
            Pair(f"letter PDF, {pages} page{'s' if pages > 1 else ''}", ours, lambda html=html: bare.render(html), "bare WeasyPrint", 1.3, times=3)
        )
    return pairs


def nothing_due() -> Pair:
    """The sweep when nothing is due, beside the one indexed query that says so."""
    raw("UPDATE deadlines_clock SET next_step_at = now() + interval '400 days' WHERE next_step_at <= now() + interval '1 hour'")
    ask = lambda: raw("SELECT id FROM deadlines_clock WHERE next_step_at <= now() ORDER BY next_step_at, id LIMIT 500 FOR UPDATE SKIP LOCKED")  # noqa: E731
    return Pair("sweep, nothing due", lambda: watch.sweep(timezone.now()), ask, "one indexed query")


def export() -> Pair:
    """10,000 rows of the ledger beside reading the same columns."""
    statement = """SELECT r.number, r.state, c.party_name, m.name, r.from_agency_id, r.to_agency_id, c.found_at, r.signed_at, r.delivered_at, r.answered_at, r.decided_at,
        r.reported_at FROM (SELECT DISTINCT referral_id FROM referrals_party WHERE agency_id = %s ORDER BY referral_id DESC LIMIT 10000) p
        JOIN referrals_referral r ON r.id = p.referral_id JOIN cases_case c ON c.id = r.case_id JOIN cases_matter m ON m.id = c.matter_id"""
    bureau = raw(
        "SELECT a.id FROM accounts_agency a JOIN accounts_jurisdiction j ON j.id = a.jurisdiction_id WHERE j.key = 'xuecheng' AND kind = 'enforcement_bureau'"
    )
    return Pair("ledger, 10,000 rows", lambda: ledger(10_000), lambda: raw(statement, [bureau[0][0]]), "raw SQL, same rows", times=1)


def same_facts_pair(times: int = 20) -> Pair:
    """Finding the same facts among what the bureau received or sent, beside one look-up by its party's code; at most three queries."""
    bureau = raw(
        "SELECT a.id FROM accounts_agency a JOIN accounts_jurisdiction j ON j.id = a.jurisdiction_id WHERE j.key = 'xuecheng' AND kind = 'enforcement_bureau'"
    )[0][0]
    rows = Referral.objects.select_related("case__matter", "case_version", "version_of_rules", "from_agency", "to_agency")
    drafts = list(rows.filter(to_agency_id=bureau).exclude(delivered_at=None).order_by("pk")[:times])
    for draft in drafts:
        # The receiver types the received case in again.
        draft.pk, draft.from_agency_id = None, bureau
    for draft in drafts:
        # A process reads the rules of a version once.
        profile_of_referral(draft)
    with CaptureQueriesContext(connection) as queries:
        found = [same_facts(draft, profile_of_referral(draft)) for draft in drafts]
    if not all(one and one[0].likeness.certain for one in found) or len(queries) > 3 * len(drafts):
        raise RuntimeError("the same facts are not found, or in too many queries")

    def ours() -> None:
        for draft in drafts:
            same_facts(draft, profile_of_referral(draft))

    def look_up() -> None:
        for draft in drafts:
            raw(
                "SELECT id, facts FROM cases_case WHERE party_code = %s AND jurisdiction_id = %s LIMIT 5",
                [draft.case.party_code or "-", draft.jurisdiction_id],
            )

    return Pair(f"same facts found ({times} at once)", ours, look_up, "look-up by party code", None, times=1)


def child(*arguments: str) -> Any:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main(quick: bool) -> dict[str, Any]:
    rounds = 3 if quick else 9
    warm()
    bench = Bench()
    results = measure([*bench.pairs(), *growth_pairs(bench), days(), *letter_pairs(), export(), same_facts_pair(), nothing_due()], rounds)
    memory = {"rows": {}, "letters": child("bench.letters", "40" if quick else "500")}
    for rows in (1_000, 10_000) if quick else (10_000, 50_000):
        memory["rows"][rows] = child("bench.measure", "--ledger", str(rows))
    results.append(sweep.compare(500 if quick else 10_000, 1 if quick else 3))
    waiting = list(itertools.islice(bench.waiting, 20 if quick else 80))
    results.append(beside.act_beside_sweep(bench.sign_for_one, waiting, 500 if quick else 3_000))
    cases = raw("SELECT COUNT(*) FROM referrals_referral")[0][0]
    size = raw("SELECT pg_database_size(current_database()) / 1048576")[0][0]
    return {"cases": cases, "database_mb": size, "results": results, "memory": memory, "rounds": rounds}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ledger", type=int)
    given = parser.parse_args()
    if given.ledger:
        began = time.perf_counter()
        count = ledger(given.ledger)
        said = {"rows": count, "seconds": time.perf_counter() - began, "peak_mb": letters.peak_mb()}
        sys.stdout.write(json.dumps(said) + "\n")
    else:
        with contextlib.redirect_stdout(sys.stderr):
            answer = main(given.quick)
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
