"""What lies beside a letter: notices with their receipts, the contacts of both sides, the thread on the progress."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from accounts.actors import Actor
from accounts.kinds import Post
from core.decisions import Deny
from referrals.models import Notice, ProgressMessage, Referral
from referrals.policies.progress import may_read_progress

MOST = 200


def with_correspondence(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Bring a referral's notices and thread along in the query that finds it."""
    of_this = {"referral": OuterRef("pk")}
    notices = Notice.objects.filter(**of_this).order_by("pk").values(json=JSONObject(
        id="pk", kind="kind", state="state", to="to_agency__short_name", sender="from_agency__short_name", number="document__number", title="document__title",
        sent_at="sent_at", receipted_at="receipted_at", receipted_by="receipted_by", void_reason="void_reason",
    ))  # fmt: skip
    thread = ProgressMessage.objects.filter(**of_this).order_by("-pk")[:MOST].values(json=JSONObject(
        id="pk", agency="agency_id", agency_name="agency__short_name", person="person", post="post", words="words", at="at", name="name",
        size="size", sha256="sha256",
    ))  # fmt: skip
    return rows.annotate(notices_said=ArraySubquery(notices), progress_said=ArraySubquery(thread))


def notices_of(referral: Referral) -> list[dict[str, Any]]:
    """The notices of a referral found with its correspondence, oldest first, their moments as datetimes."""
    return [_with_moments(notice, "sent_at", "receipted_at") for notice in referral.notices_said]


def progress_of(referral: Referral, by: Actor) -> list[dict[str, Any]] | None:
    """The thread, oldest first, for the two sides; None for everybody else."""
    if isinstance(may_read_progress(referral, by), Deny):
        return None
    posts = {value: str(label) for value, label in Post.choices}
    return [_with_moments(said, "at") | {"post_name": posts.get(said["post"], "")} for said in reversed(referral.progress_said)]


def _with_moments(said: dict[str, Any], *names: str) -> dict[str, Any]:
    return said | {name: dt.datetime.fromisoformat(said[name]) for name in names if said[name]}


def contacts_of(referral: Referral) -> list[dict[str, str]]:
    """Both sides' contacts: agency, department, person, telephone; empty words where a side has named none."""
    sides = (("sender", referral.from_agency), ("receiver", referral.to_agency))
    return [
        {"side": side, "agency": str(agency or ""), "department": getattr(referral, f"{side}_department"),
         "person": getattr(referral, f"{side}_person"), "phone": getattr(referral, f"{side}_phone")}
        for side, agency in sides
    ]  # fmt: skip
