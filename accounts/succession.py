"""Posts of an agency that was merged: who held one there holds it at the successor, with all that hangs on it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.actors import Actor
from accounts.kinds import Post
from accounts.models import Absence, Agency, ApiToken, PostHolding, in_force, in_term
from core import audit
from core.retries import tried_again


@tried_again
def pass_on_posts(old: Agency, new: Agency, on: dt.date, *, by: Actor) -> list[PostHolding]:
    """Every post at `old` that had not ended by `on` (a Shanghai date) goes on at `new`; returns those that moved. All or none.

    The row itself moves, so that sessions, tokens, clients, deputies and what was opened to its holder go on with it; what was
    held until then is kept as a row that has ended. A second head (主要负责人) comes in as a leader in charge: an agency has
    one head, and whom else it makes head is for its security administrator. Whoever holds the same post at `new` already keeps that.
    """
    moved = []
    with transaction.atomic():
        rows = PostHolding.objects.select_for_update(no_key=True).filter(Q(until=None) | Q(until__gte=on), agency=old).order_by("pk")
        headed = PostHolding.objects.filter(in_force(on), agency=new, post=Post.HEAD, machine=False).exists()
        for row in rows.select_related("user"):
            post = Post.LEADER if row.post == Post.HEAD and headed and not row.machine else row.post
            held = PostHolding.objects.filter(in_term(on), agency=new, user=row.user, post=post).first()
            if held is not None:
                _hand_over(row, held)
                _end(row, on)
                continue
            moved.append(_moved(row, new, post, on))
            told = {"holding": row.pk, "from": old.pk, "to": new.pk, "post": post}
            audit.record("user", row.user_id, "user.pass_on_post", by=by, **told)
    return moved


def _moved(row: PostHolding, new: Agency, post: str, on: dt.date) -> PostHolding:
    """The row at its new agency from `on`; beside it, ended, what was held before."""
    if row.since < on:
        before = PostHolding(user=row.user, agency=row.agency, post=row.post, title=row.title, machine=row.machine, since=row.since)
        before.until = on - dt.timedelta(days=1)
        row.agency, row.post, row.since = new, post, on
        row.save(update_fields=["agency", "post", "since"])
        before.save()
    else:
        row.agency, row.post = new, post
        row.save(update_fields=["agency", "post"])
    return row


def _hand_over(row: PostHolding, held: PostHolding) -> None:
    """What hangs on a post that ends because its holder has the same one already."""
    ApiToken.objects.filter(holding=row).update(holding=held)
    Absence.objects.filter(holding=row).update(holding=held)


def _end(row: PostHolding, on: dt.date) -> None:
    row.until = max(row.since, on - dt.timedelta(days=1))
    row.save(update_fields=["until"])
