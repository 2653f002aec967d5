"""The side bar's counts: the same as the lists behind them, in one query."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.actors import Actor, acting, posts_of
from core.errors import Refused
from notifications.models import Message
from oversight.selectors import escalations_waiting_for
from referrals.selectors import desk_ids

# Counted this far and no further: beyond it the side bar says "99+".
MOST = 100
# A post taken up meanwhile is offered after so many seconds at the latest.
SEVERAL_FOR = 300


def counts_for(by: Actor) -> dict[str, int]:
    """How many rows lie on each desk (at most 100 are counted)."""
    now = timezone.now()
    lists: dict[str, QuerySet[Any]] = {name: desk_ids(by, name, now) for name in ("todo", "drafts", "overdue")}
    lists["escalations"] = escalations_waiting_for(by).values("pk")
    lists["unread"] = Message.objects.filter(user_id=by.user_id, read_at=None).values("pk")
    parts, params = [], []
    for rows in lists.values():
        sql, given = rows.order_by()[:MOST].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - the ORM\'s own SQL, values apart
        params.extend(given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        return dict(zip(lists, cursor.fetchone(), strict=True))


class Sidebar:
    """Asked for lazily by the base template, so that a page without a side bar costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def by(self) -> Actor | None:
        try:
            return acting(self.request)
        except Refused:
            return None

    @cached_property
    def counts(self) -> dict[str, int]:
        by = self.by()
        return counts_for(by) if by else {}

    def posts(self) -> list[Any]:
        """Only those who hold several posts are asked which; that somebody holds one is remembered for a while in the session."""
        if self.request.session.get("one_post_until", 0) > time.time():
            return []
        held = posts_of(self.request.user)
        if len(held) > 1:
            return held
        self.request.session["one_post_until"] = time.time() + SEVERAL_FOR
        return []


def sidebar(request: HttpRequest) -> dict[str, Any]:
    return {"sidebar": Sidebar(request)} if getattr(request, "user", None) and request.user.is_authenticated else {}
