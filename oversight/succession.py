"""An agency is merged into another, or ends: registered for a day (the merger itself: accounts/services.py), carried out by the watch
on that day, to the end though it be killed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services
from accounts.actors import Actor, people_at, system_actor
from accounts.kinds import CLERKS, LEADERS, Post
from accounts.models import Agency, PostHolding
from accounts.succession import pass_on_posts
from core import audit
from core.acts import act
from core.errors import BadInput
from core.retries import tried_again
from notifications.models import Message
from notifications.telling import Note, tell
from oversight.lifecycle import ENDED
from oversight.models import Escalation
from oversight.policies import may_pass_on
from oversight.selectors import escalations_visible_to
from referrals.services.succession import open_matters_of, pass_on_archive, pass_on_readings, pass_on_referral

DAY = dt.timedelta(days=1)
# What floors above have to do with a post that went to another agency (systems/apps.py): called in the same transaction.
ON_POSTS_MOVED: list[Callable[[list[PostHolding], Actor], None]] = []


@tried_again
def end_agency(agency: Agency, *, last_day: dt.date, by: Actor) -> Agency:
    """`agency` ends with `last_day` (a Shanghai date, included) and nobody succeeds it. Raises BadInput while anything of it is open."""
    with transaction.atomic():
        agency = services.refuse_to_end(agency, by)
        _refuse_while_open(agency)
        services.end_on(agency, last_day, None)
        audit.record("agency", agency.pk, "agency.end", by=by, last_day=str(last_day))
    return agency


@tried_again
def keep_agency(agency: Agency, *, by: Actor) -> Agency:
    """A registered end that has not been carried out is taken back: the agency goes on."""
    with transaction.atomic():
        agency = services.refuse_to_end(agency, by)
        services.end_on(agency, None, None)
        audit.record("agency", agency.pk, "agency.keep", by=by)
    return agency


def _refuse_while_open(agency: Agency) -> None:
    count = open_matters_of(agency).count() + _escalations_of(agency).count()
    if count:
        sentence = _("%(agency)s还有 %(count)d 件未办结的事项：请先办结，或者指定承继机构。")
        raise BadInput(sentence % {"agency": agency.name, "count": count}, fields={"successor": sentence % {"agency": agency.name, "count": count}})


def carry_out_ends(now: dt.datetime) -> int:
    """Carry out every end whose last day is over at `now` (aware), the earliest first; returns how many. Nothing due: one query."""
    due = Agency.objects.filter(valid_to__lt=timezone.localdate(now), passed_on_at=None).order_by("valid_to", "pk")
    return sum(carry_out_end(pk, now) for pk in list(due.values_list("pk", flat=True)))


def carry_out_end(agency_id: int, now: dt.datetime) -> bool:
    """Pass on what one agency leaves; True when it is done, False where it was done before or cannot be yet.

    Each matter is a transaction of its own and is passed on once, so that a run that was killed is taken up where it stopped.
    """
    old = Agency.objects.select_related("successor").get(pk=agency_id)
    if old.passed_on_at is not None or old.valid_to is None or old.valid_to >= timezone.localdate(now):
        return False
    new, by = old.successor, system_actor("机构承继")
    if new is None:
        return _without_successor(old, now)
    _pass_on_posts(old, new, by)
    passed = sum(pass_on_referral(pk, old, new, at=now) for pk in list(open_matters_of(old).values_list("pk", flat=True)))
    for pk in list(_escalations_of(old).values_list("pk", flat=True)):
        _pass_on_escalation(pk, old, new, by)
    seats = pass_on_archive(old, new)
    pass_on_readings(old, new)
    old.parts.update(parent=new)
    if old.joint_meeting_member and not new.joint_meeting_member:
        Agency.objects.filter(pk=new.pk).update(joint_meeting_member=True)
    return _done(old, now, by, {"into": new.pk, "matters": passed, "seats": seats})


def _escalations_of(agency: Agency) -> QuerySet[Escalation]:
    return Escalation.objects.filter(late_agency=agency).exclude(state__in=ENDED)


@tried_again
def _pass_on_posts(old: Agency, new: Agency, by: Actor) -> None:
    assert old.valid_to is not None
    with transaction.atomic():
        moved = pass_on_posts(old, new, old.valid_to + DAY, by=by)
        for told in ON_POSTS_MOVED:
            told(moved, by)


@tried_again
def _pass_on_escalation(escalation_id: int, old: Agency, new: Agency, by: Actor) -> None:
    with transaction.atomic():
        if not _escalations_of(old).select_for_update(no_key=True).filter(pk=escalation_id).exists():
            return
        with act(escalations_visible_to(by), escalation_id, "pass_on", by=by, may=may_pass_on) as (escalation, saying):
            escalation.pass_on(to=new)
            saying.detail |= {"from": old.pk, "to": new.pk}


def _without_successor(old: Agency, now: dt.datetime) -> bool:
    """Nothing to pass on; what was opened since the end was registered waits, and the administrators are told each day."""
    count = open_matters_of(old).count() + _escalations_of(old).count()
    if not count:
        return _done(old, now, system_actor("机构承继"), {})
    text = "%(agency)s已到最后一日，还有 %(count)d 件未办结的事项：请为它指定承继机构。" % {"agency": old.name, "count": count}
    _tell(set(Agency.objects.filter(jurisdiction_id=old.jurisdiction_id).values_list("pk", flat=True)), (Post.ADMINISTRATOR,),
          f"agency-left:{old.pk}:{timezone.localdate(now)}", text, reverse("workbench"), now)  # fmt: skip
    return False


@tried_again
def _done(old: Agency, now: dt.datetime, by: Actor, detail: dict[str, int]) -> bool:
    """Written once, by whichever run comes to the end first."""
    with transaction.atomic():
        if not Agency.objects.filter(pk=old.pk, passed_on_at=None).update(passed_on_at=now):
            return False
        audit.record("agency", old.pk, "agency.pass_on", by=by, **detail)
        if old.successor is not None:
            text = "%(old)s已并入本机关，其未办结的移送、岗位和对接系统由本机关承继。" % {"old": old.name}
            _tell({old.successor.pk}, (*CLERKS, *LEADERS), f"agency-came:{old.pk}", text, reverse("workbench"), now)
    return True


def _tell(agencies: set[int], posts: tuple[str, ...], key: str, text: str, url: str, now: dt.datetime) -> None:
    kind = Message.Kind.DESK
    people = people_at(agencies, posts, timezone.localdate(now))
    tell([Note(p.user_id, key, kind, text, url, kind in p.mail_kinds) for p in people], at=now)
