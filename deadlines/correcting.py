"""Correcting what a running clock counts from: it stays the same clock, with its lateness, its extension and its pauses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency
from core.errors import BadInput
from core.wording import said
from deadlines.book import Rules
from deadlines.clocks import move_clock, recomputed
from deadlines.due import can_be_overdue
from deadlines.models import Clock, ClockCorrection

if TYPE_CHECKING:
    from accounts.actors import Actor

LONGEST_REASON = 400


@dataclass(frozen=True)
class Basis:
    """What a clock counts from: which clock of the document, which event, whether urgent."""

    key: str
    event_at: dt.datetime
    urgent: bool


def basis_of(clock: Clock) -> Basis:
    return Basis(clock.key, clock.event_at, clock.urgent)


def correct_clock(
    clock: Clock, basis: Basis, *, rules: Rules, reason: str, at: dt.datetime, by: Actor, counterpart: Agency | None = None, new_event: bool = False
) -> ClockCorrection:
    """Put `basis` in the place of what the running clock counted from, and keep who did so at `at`, why, and both due dates.

    The event may be found to have been earlier, or later up to the moment at which it was first stated: what was stated to have
    happened had happened by then. `new_event`: the document now counts from another event (another kind, consent, a new notice).
    Raises BadInput where the reason is missing or the event lies outside these bounds; CalendarError (a BadInput).
    """
    sentence = _("期限已经起算：更正起算时间、紧急情形或类别须写明理由，领导签发时和政府办公室都会看到。")
    reason = said(reason, "correction_reason", sentence, clock.clause)[:LONGEST_REASON]
    if basis.event_at > at:
        raise BadInput(_("起算时间不能晚于现在。"), clock.clause)
    if not new_event and basis.event_at > max(clock.created_at, clock.event_at):
        words = _("起算的事实在 %(day)s 已经登记为发生，不能更正为此后的时间。")
        raise BadInput(words % {"day": f"{timezone.localtime(clock.created_at):%Y-%m-%d %H:%M}"}, clock.clause)
    before, old_due, was_late = basis_of(clock), clock.due_at, clock.is_overdue(at)
    clock.mark_late(at)
    clock.key, clock.event_at, clock.urgent = basis.key, basis.event_at, basis.urgent
    if basis.key != before.key:
        clock.version, clock.options = rules.version, rules.options
    if counterpart is not None:
        clock.counterpart = counterpart
    due = recomputed(clock)
    clock.clause, clock.unit, clock.at_once = due.rule.clause, due.rule.unit, due.rule.at_once
    # What was late stays one that is carried to the desk, also under a clause that sets no number.
    clock.escalates = can_be_overdue(due.rule.unit) or clock.late_since is not None
    clock.due_at, clock.provisional = due.due_at, due.provisional
    clock.mark_late(at)
    clock.due_at = old_due
    move_clock(clock, due, also=("key", "event_at", "urgent", "version", "options", "counterpart", "clause", "unit", "at_once", "escalates"))
    return ClockCorrection.objects.create(
        clock=clock, jurisdiction_id=clock.jurisdiction_id, at=at, by_name=by.name[:100], by_user_id=by.user_id, reason=reason,
        old_key=before.key, new_key=basis.key, old_event_at=before.event_at, new_event_at=basis.event_at, old_urgent=before.urgent,
        new_urgent=basis.urgent, old_due_at=old_due, new_due_at=due.due_at, was_late=was_late, moved_later=_later(old_due, due.due_at),
    )  # fmt: skip


def _later(old: dt.datetime | None, new: dt.datetime | None) -> bool:
    """Whether the duty may now be done later than before; a date that fell away is later than any."""
    return old is not None and (new is None or new > old)
