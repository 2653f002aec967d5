"""What is done before the letter: a violation that goes on is stopped and told of, and a party is told to put it right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from core.wording import says_something
from deadlines.profile import Profile
from foundation.cases.models import Case, Material
from referrals.models import Referral
from referrals.shortcoming import Shortcoming

RECTIFICATION_SLOT = "rectification_notice"


def stopped_and_told(case: Case, profile: Profile, materials: list[Material], now: dt.datetime) -> Iterator[Shortcoming]:
    """Of a violation in progress: the measures and their time; pictures, and that the competent side was told, where the document
    wants them (XC-2.2-b, SC-3.1.2-b, YY-3.3-e, QD-2.4.1-g). `now` is aware."""
    rule = profile.referral.in_progress
    if not case.ongoing:
        return
    clause = rule.clause if rule else ""
    if not says_something(case.onsite_measures):
        yield Shortcoming("onsite_measures", _("违法行为仍在进行的，须记录现场已采取的制止措施。"), clause)
    if rule is None:
        return
    if case.stopped_at is None:
        yield Shortcoming("stopped_at", _("违法行为仍在进行的，须填写采取制止措施的时间。"), clause)
    elif not _between(case.found_at, case.stopped_at, now):
        yield Shortcoming("stopped_at", _("采取制止措施的时间须在发现之后、现在之前。"), clause)
    if rule.tell_competent:
        yield from _told(case, clause, now)
    if rule.pictures and not any(m.content_type.startswith(("image/", "video/")) for m in materials):
        yield Shortcoming("materials", _("违法行为仍在进行的，须用照片、录像固定违法事实，并作为材料上传。"), clause)


def _told(case: Case, clause: str, now: dt.datetime) -> Iterator[Shortcoming]:
    if case.competent_told_at is None:
        yield Shortcoming("competent_told_at", _("违法行为仍在进行的，须及时告知主管一方，请填写告知的时间。"), clause)
    elif not _between(case.found_at, case.competent_told_at, now):
        yield Shortcoming("competent_told_at", _("告知主管一方的时间须在发现之后、现在之前。"), clause)
    if not says_something(case.competent_told):
        yield Shortcoming("competent_told", _("请写明告知了主管一方何人、以何方式。"), clause)


def told_to_rectify(referral: Referral, profile: Profile, materials: list[Material], now: dt.datetime) -> Iterator[Shortcoming]:
    """The party was told to put it right, by kind of referral (ZC-2.4.3-b, ZC-2.4.3-c): the day, and words or a paper.

    A party that nobody knows yet cannot have been told on a day: the words say what was done instead.
    """
    clause = next((rule.clause for rule in profile.referral.rectification if rule.kind == referral.kind), None)
    if clause is None:
        return
    case, today = referral.stated, timezone.localdate(now)
    if case.rectify_told_on is None:
        if case.party_kind != Case.PartyKind.UNKNOWN:
            yield Shortcoming("rectify_told_on", _("移送前须先通知当事人改正，请填写通知的日期。"), clause)
    elif case.rectify_told_on > today or (case.found_at and case.rectify_told_on < timezone.localdate(case.found_at)):
        yield Shortcoming("rectify_told_on", _("通知当事人改正的日期须在发现之后，且不晚于今天。"), clause)
    if not says_something(case.rectify_told) and not any(m.slot == RECTIFICATION_SLOT for m in materials):
        yield Shortcoming("rectify_told", _("请写明怎样通知当事人改正，或者上传通知（责令）改正文书。"), clause)


def _between(found_at: dt.datetime | None, moment: dt.datetime, now: dt.datetime) -> bool:
    return (found_at is None or found_at <= moment) and moment <= now
