"""What must not grow with the table: words and days of every frequency, posts, the trail. Asked at both sizes and compared."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.utils import timezone

from accounts.actors import posts_of
from accounts.kinds import Post
from accounts.models import PostHolding, User
from bench.timing import Pair
from bench.web import Bench, Browser, raw
from bench.words_asked import words_asked

HELLO = "hello view"
EMPTY, FULL = "since=2011-01-01&until=2011-02-01", "since=2020-01-01&until=2035-01-01"


def growth_pairs(bench: Bench) -> list[Pair]:
    """Each beside the hello view; what counts is the same line at the other size."""
    hello = lambda: bench.person.get("/bench/hello/")  # noqa: E731

    def listed(name: str, query: str) -> list[Pair]:
        return [
            Pair(f"{name}, JSON", lambda: bench.machine.get(f"/api/v1/referrals/?{query}"), hello, HELLO, times=5),
            Pair(f"{name}, page", lambda: bench.person.get(f"/referrals/?{query}"), hello, HELLO, times=5),
        ]

    pairs = []
    for frequency, text in words_asked(bench.bureau).items():
        pairs += listed(f"words, {frequency}", f"q={quote(text)}")
    pairs += listed("days, none in the range", EMPTY) + listed("days, all in the range", FULL)
    auditor = Browser(_holding(bench, Post.AUDITOR))
    pairs += [
        Pair("trail, newest, page", lambda: auditor.get("/audit/"), hello, HELLO, times=3),
        Pair("trail, of one referral, page", lambda: auditor.get(f"/audit/?subject=referral:{bench.ids[0]}"), hello, HELLO, times=3),
        Pair("trail, of a verb nobody did, page", lambda: auditor.get("/audit/?verb=referral.none"), hello, HELLO, times=3),
        posts_pair(bench.person.holding.user),
    ]
    return pairs


def _holding(bench: Bench, post: str) -> Any:
    rows = PostHolding.objects.select_related("user").filter(agency__jurisdiction=bench.bureau.jurisdiction, machine=False)
    return rows.filter(post=post).order_by("pk")[0]


def posts_pair(user: User) -> Pair:
    """The posts of one person, which every page asks for, among all that were ever held."""
    look_up = lambda: raw("SELECT * FROM accounts_postholding WHERE user_id = %s", [user.pk])  # noqa: E731
    day = timezone.localdate()
    return Pair("posts of a person", lambda: posts_of(user, day), look_up, "one indexed query", times=20)
