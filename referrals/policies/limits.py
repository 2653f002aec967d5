"""Who extends a limit, and who reminds of one that passed."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.kinds import CLERKS, LEADERS
from core.decisions import Allow, Decision, Deny
from deadlines.book import current_calendar
from deadlines.models import Clock, local_target
from deadlines.prolonging import may_be_extended, told_before_extending
from deadlines.targets import REMIND_AGAIN
from referrals.models import Referral
from referrals.policies.sides import sender, stranger
from referrals.selectors import running_clocks


def extendable(clocks: list[Clock], by: Actor, now: dt.datetime) -> tuple[Clock | None, Decision]:
    """Of these running clocks the one that `by`'s agency holds and may extend, soonest due first; without one, why not."""
    why: Deny = Deny(_("现在没有由本机关承担、可以延长的期限。"), hide=True)
    for clock in clocks:
        if clock.clause and by.of(clock.holder_id):
            answer = may_be_extended(clock, now, extended=clock.was_extended)
            if not isinstance(answer, Deny):
                return clock, answer
            why = answer if why.hide else why
    return None, why


def may_extend(referral: Referral, by: Actor) -> Decision:
    """The holder of a running clock, while the clock's own clause lets it: nothing need be typed to know."""
    if by.agency_id not in (referral.from_agency_id, referral.to_agency_id) or not by.holds(*CLERKS, *LEADERS):
        return stranger(_("只有期限的承担机关可以延长。"))
    clock, decision = extendable(running_clocks(referral), by, timezone.now())
    if clock is not None and referral.to_agency_id is None and told_before_extending(clock):
        return Deny(_("延长须先告知对方，请先在草稿中选择受移送机关并保存。"), clock.clause)
    return decision


def passed_by_receiver(referral: Referral, now: dt.datetime) -> list[Clock]:
    """What the receiver still owes although its limit or its local target had passed at `now` (aware), soonest due first."""
    return [c for c in running_clocks(referral) if c.holder_id == referral.to_agency_id and (c.was_late or c.has_run_out(now))]


def may_remind(referral: Referral, by: Actor) -> Decision:
    """The referrer, by a letter, once the receiver has let a limit or a local target pass; not again within the set days."""
    now = timezone.now()
    decision = sender(referral, by, (*CLERKS, *LEADERS), _("催办由移送机关办理。"))
    if isinstance(decision, Deny):
        return decision
    if not passed_by_receiver(referral, now):
        return Deny(_("对方没有超过期限或本地提示时间的事项，现在不必催办。"), hide=True)
    if referral.reminded_at is not None:
        days = local_target(referral.jurisdiction_id, REMIND_AGAIN).workdays
        again = current_calendar().add_workdays(timezone.localdate(referral.reminded_at), days)
        if timezone.localdate(now) < again:
            return Deny(_("已经催办过，%(day)s 起可以再次催办。") % {"day": again.isoformat()})
    return Allow()
