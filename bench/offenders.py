"""`python -m bench.offenders`: every query of every page and REST list, explained; prints those that read too much, exits 1 if any.

The pages are found by following every link from each post's start, one page of each kind; the REST lists from the schema.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import django

if __name__ == "__main__":
    django.setup()

from django.db import connection
from django.urls import Resolver404, resolve

from accounts.models import PostHolding
from bench.plans import Account, Watching, explained
from bench.web import Bench, Browser, warm
from bench.words_asked import words_asked

LINK = re.compile(r'href="(/[^"#]*)')
# What is downloaded, not looked at, and what ends the session.
LEFT_OUT = re.compile(r"^/(static|admin/jsi18n|sign-out|language|post|typed|api/v1/schema|.*\.pdf)|/(file|preview)/|/(materials|documents)/\d+/$")
PAGES = 400


def kind_of(address: str) -> str:
    """Addresses that one view answers alike: the view and the names of what it is asked."""
    path, _mark, query = address.partition("?")
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    slugs = [str(v) for v in match.kwargs.values() if not str(v).isdigit()]
    return f"{match.view_name}{slugs}{names}"


def pages_of(browser: Browser) -> Iterator[str]:
    """Every page that can be reached by links from the start, one of each kind."""
    ahead, known = ["/"], {"/"}
    for _n in range(PAGES):
        if not ahead:
            return
        address = ahead.pop(0)
        yield address
        try:
            body = browser.get(address).decode(errors="replace")
        except RuntimeError:
            continue
        for found in LINK.findall(body):
            link = found.replace("&amp;", "&")
            kind = kind_of(link)
            if kind and kind not in known and not LEFT_OUT.search(link):
                known.add(kind)
                ahead.append(link)


def rest_lists() -> list[str]:
    """The REST addresses that take no id, from the schema's own table."""
    from config.api import urlpatterns

    names = [str(p.pattern) for p in urlpatterns]
    return [f"/api/v1/{name}" for name in names if "<" not in name and name not in ("token/", "schema/", "referrals/bulk/", "due-dates/")]


def lists_asked(word: dict[str, str]) -> list[str]:
    """What lists are asked for: every filter alone, words and days of every frequency."""
    word = {name: quote(text) for name, text in word.items()}
    asked = [f"q={text}" for text in word.values()]
    asked += ["phase=overdue", "phase=was_late", "phase=due_soon", "state=accepted", "state=closed", "urgent=true", "refiled=true"]
    asked += ["since=2011-01-01&until=2011-02-01", "since=2020-01-01&until=2030-01-01", "party=" + word["rare"], "updated_since=2020-01-01T00:00:00Z"]
    return [f"/api/v1/referrals/?{one}" for one in asked] + [
        f"/referrals/?{one}" for one in asked if "updated_since" not in one and "refiled" not in one
    ]


def told(address: str, who: str, statement: str, account: Account) -> dict[str, Any]:
    table = re.search(r'FROM "?(\w+)', statement)
    return {
        "who": who, "address": address, "read": account.read, "returned": account.returned, "counted": account.counted, "worst": account.worst,
        "from": table[1] if table else "", "statement": statement[:2000],
    }  # fmt: skip


def offenders() -> tuple[int, list[dict[str, Any]]]:
    """(how many queries were explained, those that read too much)."""
    watching, found, explained_so_far = Watching(), [], set()
    for who, get, addresses in visits():
        for address in addresses:
            with connection.execute_wrapper(watching):
                try:
                    get(address)
                except RuntimeError as error:
                    sys.stderr.write(f"{who} {error}\n"[:200])
            for statement, values in watching.taken():
                # The same statement with other values may have another plan; a few times is enough.
                key = (statement, address.partition("?")[2])
                if key in explained_so_far:
                    continue
                explained_so_far.add(key)
                account = explained(statement, values)
                if account.too_much:
                    found.append(told(address, who, statement, account))
    return len(explained_so_far), found


def visits() -> Iterator[tuple[str, Any, list[str]]]:
    warm()
    bench = Bench()
    word = words_asked(bench.bureau)
    district = PostHolding.objects.filter(agency__jurisdiction=bench.bureau.jurisdiction, machine=False, user__is_active=True)
    for holding in district.select_related("user", "agency").order_by("post", "pk").distinct("post"):
        browser = Browser(holding)
        yield holding.post, browser.get, list(pages_of(browser))
    yield "clerk", bench.person.get, [a for a in lists_asked(word) if not a.startswith("/api/")]
    yield "system", bench.machine.get, [*rest_lists(), *(a for a in lists_asked(word) if a.startswith("/api/"))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table, and success whatever is found")
    given = parser.parse_args()
    explained_queries, found = offenders()
    if given.json:
        sys.stdout.write(json.dumps({"queries": explained_queries, "offenders": found}) + "\n")
        return 0
    for one in found:
        sys.stdout.write(
            f"{one['who']} {one['address']}: read {one['read']:,}, returned {one['returned']:,} ({one['worst']})\n    {one['statement'][:300]}\n"
        )
    sys.stdout.write(f"{explained_queries} queries, {len(found)} read too much\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
