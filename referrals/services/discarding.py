"""Drafts that come to nothing: thrown away by their agency, or tidied away after a set time with a notice beforehand."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, system_actor
from accounts.kinds import CLERKS
from core.acts import act
from core.errors import Refused
from core.retries import tried_again
from core.wording import said
from deadlines.book import current_calendar
from deadlines.calendar import SHANGHAI
from deadlines.clocks import cancel_clocks
from deadlines.profile_parts import Watch
from notifications.models import Message
from referrals.lifecycle import WITH_DRAFTER
from referrals.models import Notice, Referral
from referrals.people import tell_agencies
from referrals.policies.drafting import may_discard
from referrals.rules import profile_of_referral
from referrals.selectors import referrals_visible_to
from referrals.services.consent import leave_seats
from referrals.services.notices import void_notices

BATCH = 200


@tried_again
def discard_referral(referral_id: int, *, by: Actor, reason: str = "", if_match: int | None = None) -> Referral:
    """Throw a draft away: freely while no event is stated, afterwards only by the leader, who says why.

    Its clocks end here and stay on record, late if they were late. Raises NotAllowed, BadInput where the reason is missing.
    """
    now = timezone.now()
    with act(referrals_visible_to(by), referral_id, "discard", by=by, may=may_discard, if_match=if_match) as (referral, saying):
        if referral.stated_at is not None:
            reason = said(reason, "reason", _("期限已经起算，作废须写明理由。"))
        referral.discard(at=now, reason=reason.strip())
        cancel_clocks(("referral", referral.pk), at=now)
        void_notices(referral, *Notice.Kind.values, reason="草稿已作废", now=now)
        leave_seats(referral)
        saying.detail["stated"] = referral.stated_at is not None
    return referral


def tidy_drafts(now: dt.datetime) -> int:
    """Warn the owners of drafts that nobody has touched for the time set, and tidy away those that were warned. Returns how many went.

    Only drafts without a stated event; the two times are local settings (`watch` in the profile), and the notice always comes first.
    """
    waiting = Referral.objects.filter(state__in=WITH_DRAFTER, stated_at=None).select_related("version_of_rules", "case__matter")
    for referral in waiting.filter(fades_at=None, updated_at__lt=now).defer("version_of_rules__source").order_by("updated_at")[:BATCH]:
        watch = profile_of_referral(referral).watch
        if _untouched(referral, watch, now):
            _warn(referral, watch, now)
    by, gone = system_actor("草稿清理"), 0
    for pk in waiting.filter(Q(fades_at__lte=now)).values_list("pk", flat=True)[:BATCH]:
        try:
            discard_referral(pk, by=by, reason=_("长期未办的草稿，到期自动清理"))
            gone += 1
        except Refused:
            # Somebody took it up in this very moment.
            continue
    return gone


def _untouched(referral: Referral, watch: Watch, now: dt.datetime) -> bool:
    """Whether the draft has lain for so long that the notice of its end is due."""
    since, today = referral.updated_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    return current_calendar().workdays_between(since, today) >= watch.draft_kept.value - watch.draft_notice.value


def _warn(referral: Referral, watch: Watch, now: dt.datetime) -> None:
    day = current_calendar().add_workdays(now.astimezone(SHANGHAI).date(), watch.draft_notice.value)
    fades = dt.datetime.combine(day, watch.day_starts, SHANGHAI)
    Referral.objects.filter(pk=referral.pk, version=referral.version).update(fades_at=fades)
    tell_agencies([referral.from_agency_id], referral, kind=Message.Kind.REMIND, key=f"fades:{fades:%Y%m%d}", at=now, posts=CLERKS,
                  text="草稿久未办理，将于 %(day)s 自动清理：%(title)s" % {"day": day.isoformat(), "title": referral.title})  # fmt: skip
