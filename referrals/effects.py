"""What an act that cannot be undone will do, said before it is done; and what it did and what comes next, said after it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Agency
from deadlines.book import as_pairs, current_calendar, profile_of
from deadlines.calendar import SHANGHAI, CalendarError
from deadlines.counting import end_of_day
from deadlines.due import compute_due
from deadlines.labels import clock_label
from deadlines.models import Clock
from documents.models import OfficialDocument
from referrals.models import Referral
from referrals.rules import REPLY, RESULT, clock_key, rules_of_referral
from referrals.templatetags.showing import day, moment

# Whose hands the act goes into: a letter, or what takes effect without one.
TO_RECEIVER, TO_SENDER, TO_BOTH = "receiver", "sender", "both"
ADDRESSED = {
    "sign": TO_RECEIVER, "correct_facts": TO_RECEIVER, "withdraw": TO_RECEIVER, "remind": TO_RECEIVER, "consent": TO_SENDER, "close": TO_RECEIVER, "take_back": TO_RECEIVER,
    "accept": TO_SENDER, "not_accept": TO_SENDER, "object": TO_SENDER, "decide": TO_SENDER, "report_result": TO_SENDER,
    "confirm_agreement": TO_BOTH, "determine": TO_BOTH, "designate": TO_BOTH,
}  # fmt: skip
# The numbered duty that begins with the act: (its clock's role, whether it begins with the act or when the letter is delivered).
BEGINS = {"sign": REPLY, "decide": RESULT}
# Acts that leave with a numbered document.
NUMBERED = ("sign", "accept", "not_accept", "report_result", "remind", "extend", "report", "designate", "confirm_agreement")


def effects_of(referral: Referral, verb: str, by: Actor, clocks: list[Clock], now: dt.datetime) -> list[str]:
    """Sentences for the confirmation of `verb`: to whom, which date it starts and which it meets. No query; `clocks` are the referral's."""
    said = []
    to = _addressees(referral, verb)
    if to:
        said.append(_("发往：%(agencies)s") % {"agencies": _("、").join(agency.name for agency in to)})
    begins = due_from(referral, verb, now)
    if begins is not None:
        key, due = begins
        said.append(_("自此起算：%(clock)s，%(due)s前") % {"clock": clock_label(key), "due": _by(due)})
    said += [
        _("本机关此项期限：%(clock)s，%(due)s前") % {"clock": clock_label(clock.key), "due": _by(clock.due_at)}
        for clock in clocks
        if clock.clause and clock.ended_at is None and clock.due_at is not None and clock.holder_id == by.agency_id
    ]
    return said


def due_from(referral: Referral, verb: str, now: dt.datetime) -> tuple[str, dt.datetime] | None:
    """(clock, due date) of the numbered duty that `verb` would begin if it were done at `now`; None where the document has no number."""
    role = BEGINS.get(verb)
    key = clock_key(referral, role) if role and referral.to_agency else None
    if key is None:
        return None
    rules = rules_of_referral(referral)
    try:
        due = compute_due(
            profile_of(rules.version.pk), key, now, current_calendar(), urgent=referral.stated.urgent, options=as_pairs(rules.options), explain=False
        )
    except CalendarError:
        return None
    return (key, due.due_at) if due.due_at else None


def told_after(referral: Referral, verb: str, by: Actor, documents: list[OfficialDocument], clocks: list[Clock], now: dt.datetime) -> list[str]:
    """The answer to `verb`, just done: the number that it was given, and who has to do what next. No query: all is on the page."""
    said = []
    if verb in NUMBERED:
        number = next((one.number for one in reversed(documents) if one.issuer_id == by.agency_id and one.subject_kind == "referral"), "")
        said += [_("文号：%(number)s。") % {"number": number}] if number else []
    said += next_duty(referral, clocks, now)
    return said


def next_duty(referral: Referral, clocks: list[Clock], now: dt.datetime) -> list[str]:
    """Who has to do what next, by when, or since when it is late; empty where nobody is waited for until a day."""
    if referral.state == "signed" and referral.to_agency and referral.signed_at:
        # The reply clock starts when the worker has delivered the letter, in a moment.
        begins = due_from(referral, "sign", referral.signed_at)
        return [_comes(referral.to_agency.short_name, *begins, now)] if begins else []
    running = [clock for clock in clocks if clock.ended_at is None and clock.due_at is not None]
    first = min(running, key=lambda clock: clock.due_at, default=None)  # type: ignore[arg-type, return-value]
    return [_comes(first.holder.short_name, first.key, first.due_at, now)] if first else []


def _comes(holder: str, key: str, due: dt.datetime | None, now: dt.datetime) -> str:
    if due is not None and due < now:
        return _("接下来：%(agency)s %(clock)s，已于 %(due)s到期。") % {"agency": holder, "clock": clock_label(key), "due": _by(due)}
    return _("接下来：%(agency)s %(clock)s，%(due)s前。") % {"agency": holder, "clock": clock_label(key), "due": _by(due)}


def _addressees(referral: Referral, verb: str) -> list[Agency]:
    sides = {TO_RECEIVER: (referral.to_agency,), TO_SENDER: (referral.from_agency,), TO_BOTH: (referral.from_agency, referral.to_agency)}
    return [agency for agency in sides.get(ADDRESSED.get(verb, ""), ()) if agency is not None]


def _by(due: dt.datetime | None) -> str:
    """The day, where the duty runs to its end; otherwise the minute."""
    return day(due) if due is not None and due == end_of_day(due.astimezone(SHANGHAI).date()) else moment(due)
