"""Extending a running clock, and letting it stand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.decisions import Allow, Decision, Deny
from core.errors import BadInput, WrongState
from core.retries import tried_again
from deadlines.book import as_pairs, current_calendar, profile_of
from deadlines.clocks import first_step, move_clock, recomputed
from deadlines.due import resolve
from deadlines.extending import ExtensionRequest
from deadlines.models import Clock, ClockExtension, ClockPause

if TYPE_CHECKING:
    from accounts.actors import Actor


def may_be_extended(clock: Clock, now: dt.datetime, *, extended: bool) -> Decision:
    """Whether the clock's clause and its standing at `now` let it be extended at all; `extended`: it has been once.

    The answer needs nothing typed: reason and date are asked of whoever may.
    """
    _profile, rule = resolve(profile_of(clock.version_id), clock.key, as_pairs(clock.options), clock.urgent)
    if clock.due_at is None or rule.extension is None:
        return Deny(_("本条不允许延长。"), clock.clause, hide=True)
    if extended:
        return Deny(_("这个时限已经延长过一次。"), clock.clause)
    if clock.is_overdue(now):
        return Deny(_("期限已经届满，不能再延长。"), clock.clause)
    if clock.paused_at is not None:
        return Deny(_("期限现已暂停，恢复计算后才能延长。"), clock.clause)
    return Allow()


def told_before_extending(clock: Clock) -> bool:
    """Whether the clock's clause wants the other side told before an extension (QD-2.4.1-f)."""
    _profile, rule = resolve(profile_of(clock.version_id), clock.key, as_pairs(clock.options), clock.urgent)
    return rule.extension is not None and rule.extension.prior_notice


@tried_again
def extend_clock(clock: Clock, *, reason: str, until: dt.date | dt.datetime | None, noticed_at: dt.datetime, by: Actor) -> ClockExtension:
    """Extend a running clock as its clause allows; `until` None asks for the most. Raises BadInput with the clause."""
    with transaction.atomic():
        clock = Clock.objects.select_for_update(of=("self",), no_key=True).select_related("version").get(pk=clock.pk)
        if clock.ended_at is not None or clock.due_at is None:
            raise WrongState(_("这个时限已经结束或没有数字，无从延长。"), clock.clause)
        allowed = may_be_extended(clock, noticed_at, extended=clock.extensions.exists())
        if isinstance(allowed, Deny):
            raise BadInput(allowed.reason, allowed.clause)
        due = recomputed(clock, extension=ExtensionRequest(noticed_at, reason, until))
        if due.refused or due.due_at is None:
            raise BadInput(due.refused or _("本条没有数字时限，无从延长"), clock.clause, {"until": due.refused or ""})
        row = ClockExtension.objects.create(
            clock=clock, noticed_at=noticed_at, until=due.due_at if until else None, reason=reason, old_due_at=clock.due_at,
            new_due_at=due.due_at, clause=clock.clause, by_name=by.name, by_user_id=by.user_id,
        )  # fmt: skip
        move_clock(clock, due)
        return row


def pause_clock(clock: Clock, *, at: dt.datetime, reason: str) -> ClockPause:
    """Stop the clock's running, where the profile says that it may be; nothing falls due while it stands.

    What had run out before was late and stays so.
    """
    clock.mark_late(at)
    pause = ClockPause.objects.create(clock=clock, since=at, reason=reason)
    clock.paused_at = at
    clock.next_step_at = first_step(clock, profile_of(clock.version_id), current_calendar())
    clock.save(update_fields=["late_since", "paused_at", "next_step_at"])
    return pause


def resume_clock(clock: Clock, *, at: dt.datetime) -> None:
    """Let a paused clock run on: the working days (or hours) that it stood are added to the limit and to what was granted."""
    if not clock.pauses.filter(until=None).update(until=at):
        return
    clock.paused_at = None
    move_clock(clock, recomputed(clock), also=("paused_at",))
