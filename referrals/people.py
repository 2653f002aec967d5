"""Who is told when something happens to a referral."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from accounts.actors import people_at
from accounts.kinds import CLERKS, OVERSEER_KINDS, AgencyKind, Post
from accounts.models import Agency
from notifications.models import Message
from notifications.telling import Note, tell
from referrals.models import Referral


def tell_agencies(
    agencies: Iterable[Agency | int | None], referral: Referral, *, kind: str, text: str, key: str, at: dt.datetime, posts: tuple[str, ...] = CLERKS
) -> int:
    """Tell the holders of `posts` at these agencies; two queries however many. Returns how many were told."""
    ids = {a if isinstance(a, int) else a.pk for a in agencies if a is not None}
    if not ids:
        return 0
    url = reverse("referral", args=[referral.pk])
    reachable = people_at(ids, posts, timezone.localdate(at))
    return tell([Note(p.user_id, f"{key}:{referral.pk}:{referral.version}", kind, text, url, kind in p.mail_kinds) for p in reachable], at=at)


def tell_overseers(jurisdiction_id: int, *, text: str, key: str, at: dt.datetime) -> int:
    """Tell those who watch over the district's clocks; two queries. Returns how many were told."""
    standing = Agency.objects.in_being(timezone.localdate(at))
    offices = standing.filter(jurisdiction_id=jurisdiction_id, kind__in=OVERSEER_KINDS).values_list("pk", flat=True)
    posts = (Post.GOVERNMENT_CLERK, Post.SUPERVISION, Post.MEETING_OFFICE)
    url, kind = reverse("escalations"), Message.Kind.REMIND
    return tell([Note(p.user_id, key, kind, text, url, kind in p.mail_kinds) for p in people_at(set(offices), posts, timezone.localdate(at))], at=at)


def tell_returns_watchers(referral: Referral, *, key: str, text: str, at: dt.datetime) -> int:
    """Tell the supervision office and the joint-meeting office; they read the list of what came back, not the case itself."""
    offices = Agency.objects.in_being(timezone.localdate(at)).filter(
        jurisdiction_id=referral.jurisdiction_id, kind__in=(AgencyKind.SUPERVISION_OFFICE, AgencyKind.MEETING_OFFICE)
    )
    reachable = people_at(set(offices.values_list("pk", flat=True)), (Post.SUPERVISION, Post.MEETING_OFFICE), timezone.localdate(at))
    kind, url = Message.Kind.PROGRESS, reverse("returned")
    return tell([Note(p.user_id, f"{key}:{referral.pk}:{referral.version}", kind, text, url, kind in p.mail_kinds) for p in reachable], at=at)
