"""The event from which the duty to refer counts: stated once, deliberately; afterwards only corrected, in sight of others."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.errors import BadInput
from deadlines.book import current_calendar
from deadlines.calendar import FIRST_YEAR, SHANGHAI
from deadlines.clocks import open_clock, start_clock
from deadlines.correcting import Basis, basis_of, correct_clock
from deadlines.models import Clock, ClockCorrection
from referrals.models import Referral
from referrals.people import tell_overseers
from referrals.rules import REFERRAL, clock_key, counts_from, referral_event, rules_of_referral

# What of a draft the referral clock may count from or by.
EVENT_FIELDS = ("found_at", "determined_at", "urgent", "kind")


def refuse_outside_calendar(data: dict[str, Any], *names: str) -> None:
    """Raise BadInput, field by field, where a moment lies in a year that the working calendar cannot count."""
    calendar = current_calendar()
    wrong = {n: data[n] for n in names if isinstance(data.get(n), dt.datetime) and not calendar.covers(data[n].astimezone(SHANGHAI).date())}
    if wrong:
        words = _("%(day)s 不在工作日历范围内（%(first)d 年起），请核对。")
        fields = {n: words % {"day": f"{v.astimezone(SHANGHAI):%Y-%m-%d}", "first": FIRST_YEAR} for n, v in wrong.items()}
        raise BadInput(next(iter(fields.values())), fields=fields)


def state_event(referral: Referral, *, by: Actor, at: dt.datetime, reason: str = "", new: bool = False) -> ClockCorrection | None:
    """Run the referral clock from the event that the document names, where the draft states one; a `new` draft has no clock yet.

    Stated late, it counts from the event. What differs from a running clock's event, kind or urgency is a correction of it and
    needs a `reason`. `at` is now. Raises BadInput with the field and the clause.
    """
    running = None if new else open_clock(("referral", referral.pk), REFERRAL)
    event, key = referral_event(referral), clock_key(referral, REFERRAL)
    if running is None:
        if key and event and event <= at:
            start_clock(
                rules_of_referral(referral), key, role=REFERRAL, subject=("referral", referral.pk), event_at=event,
                holder=referral.from_agency, counterpart=referral.to_agency, urgent=referral.stated.urgent,
            )  # fmt: skip
            mark_stated(referral, at)
        return None
    basis = corrected_basis(referral, running)
    return None if basis is None else _correct(referral, running, basis, by=by, at=at, reason=reason)


def states_event(referral: Referral, at: dt.datetime) -> bool:
    """Does the draft state an event that has happened by `at` (now), from which the document lets a clock run?"""
    event = referral_event(referral)
    return bool(event and event <= at and clock_key(referral, REFERRAL))


def mark_stated(referral: Referral, at: dt.datetime) -> None:
    """From now on this draft has a statutory clock: it is no longer thrown away lightly."""
    if referral.stated_at is None:
        referral.stated_at, referral.fades_at = at, None
        Referral.objects.filter(pk=referral.pk).update(stated_at=at, fades_at=None)


def corrected_basis(referral: Referral, running: Clock) -> Basis | None:
    """What the running clock would have to count from by what the draft says now; None where that is what it does.

    Where the kind chosen has no event yet (or no clock) the clock runs on as it stands. Raises BadInput where the event was emptied.
    """
    event, key = referral_event(referral), clock_key(referral, REFERRAL)
    if key is None or (event is None and (key != running.key or counts_from(referral) == "consent_at")):
        return None
    if event is None:
        sentence = _("期限已经起算，起算时间不能清空；填错的可以更正并写明理由。")
        raise BadInput(sentence, running.clause, {counts_from(referral): sentence})
    basis = Basis(key, event, referral.stated.urgent)
    return None if basis == basis_of(running) else basis


def _correct(referral: Referral, running: Clock, basis: Basis, *, by: Actor, at: dt.datetime, reason: str) -> ClockCorrection:
    before = basis_of(running)
    if not reason.strip() and basis == Basis(before.key, before.event_at, True):
        # Marking it urgent moves nothing later and has a reason of its own.
        reason = referral.stated.urgent_reason
    new_event = basis.key != before.key or counts_from(referral) == "consent_at"
    try:
        correction = correct_clock(
            running, basis, rules=rules_of_referral(referral), reason=reason, at=at, by=by, counterpart=referral.to_agency, new_event=new_event
        )
    except BadInput as refusal:
        refusal.fields = refusal.fields or {counts_from(referral): refusal.reason}
        raise
    tell_of_correction(correction, at=at)
    return correction


def tell_of_correction(correction: ClockCorrection, *, at: dt.datetime) -> None:
    """A due date that moved later is seen by those who watch over clocks: the agency, the clause and the dates, nothing of the draft."""
    if not correction.moved_later:
        return
    clock = correction.clock
    moments = {name: f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—" for name, value in
               (("old", correction.old_due_at), ("new", correction.new_due_at))}  # fmt: skip
    text = "%(agency)s 更正了期限起算（%(clause)s），到期日由 %(old)s 改为 %(new)s" % {
        "agency": clock.holder.short_name, "clause": clock.clause, **moments}  # fmt: skip
    tell_overseers(clock.jurisdiction_id, text=text, key=f"correction:{correction.pk}", at=at)


def in_the_trail(correction: ClockCorrection) -> dict[str, Any]:
    """What the audit entry says of a correction: what it was and what it is; the reason, written by people, stays with the clock."""
    return {
        "clock": correction.clock_id, "event": [correction.old_event_at.isoformat(), correction.new_event_at.isoformat()],
        "key": [correction.old_key, correction.new_key], "urgent": [correction.old_urgent, correction.new_urgent],
        "due": [str(correction.old_due_at or ""), str(correction.new_due_at or "")],
    }  # fmt: skip
