"""One question about a due date in, one answer out: what the command line and the due-date service speak."""

from __future__ import annotations

import datetime as dt
from typing import Any

from deadlines.calendar import CalendarError, WorkCalendar
from deadlines.counting import DueDate
from deadlines.due import BadEvent, UnknownClock, UnknownOption, compute_due, parse_event, resolve
from deadlines.extending import ExtensionRequest
from deadlines.profile import Profile
from deadlines.profile_files import UnknownProfile, shipped_profile, shipped_profiles


class BadQuestion(ValueError):
    """A question that cannot be answered; str() is one clear line."""


def _options(given: Any) -> tuple[tuple[str, str], ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        given = dict(_pair(part) for part in given.split(",") if part.strip())
    if not isinstance(given, dict):
        raise BadQuestion("options must be an object of key: value")
    return tuple(sorted((str(k), str(v).lower() if isinstance(v, bool) else "none" if v is None else str(v)) for k, v in given.items()))


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadQuestion(f"option “{text}” is not key=value")
    return key.strip(), value.strip()


def _extension(given: Any) -> ExtensionRequest | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise BadQuestion("extension must be an object with noticed_at")
    unknown = set(given) - {"noticed_at", "reason", "until"}
    if unknown:
        raise BadQuestion(f"extension has unknown fields: {', '.join(sorted(unknown))}")
    if not isinstance(given.get("noticed_at"), str):
        raise BadQuestion("extension.noticed_at is missing")
    noticed, _timed = parse_event(given["noticed_at"])
    until: dt.datetime | dt.date | None = None
    if given.get("until") is not None:
        moment, timed = parse_event(str(given["until"]))
        until = moment if timed else moment.date()
    return ExtensionRequest(noticed, str(given.get("reason") or ""), until)


def find_profile(name: Any) -> Profile:
    try:
        return shipped_profile(str(name))
    except UnknownProfile:
        raise BadQuestion(f"unknown profile “{name}” (known: {', '.join(shipped_profiles())})") from None


def ask(question: dict[str, Any], calendar: WorkCalendar, *, explain: bool = False) -> tuple[Profile, DueDate]:
    """Answer {profile, clock, event, urgent?, options?, extension?}. Raises BadQuestion with one line."""
    for name in ("profile", "clock", "event"):
        if not isinstance(question.get(name), str) or not question[name].strip():
            raise BadQuestion(f"“{name}” is missing or not a text")
    urgent = question.get("urgent") or False
    if not isinstance(urgent, bool):
        raise BadQuestion("“urgent” must be true or false")
    profile = find_profile(question["profile"])
    try:
        options = _options(question.get("options"))
        event_at, timed = parse_event(question["event"])
        _profile, rule = resolve(profile, question["clock"], options, urgent)
        if rule.counts_by == "hour" and not timed:
            raise BadQuestion(f"clock “{question['clock']}” counts hours: the event needs a time of day")
        wish = _extension(question.get("extension"))
        return profile, compute_due(profile, question["clock"], event_at, calendar, urgent=urgent, options=options, extension=wish, explain=explain)
    except UnknownClock:
        known = ", ".join(c.key for c in profile.clocks) + (", agenda_solicitation" if profile.solicitation() else "")
        raise BadQuestion(f"unknown clock “{question['clock']}” in {profile.short_key} (known: {known})") from None
    except (UnknownOption, BadEvent, CalendarError) as error:
        raise BadQuestion(str(error)) from None


def answer(identity: Any, due: DueDate) -> dict[str, Any]:
    """The answer as plain data: one JSON object."""
    return {
        "id": identity,
        "due_at": due.due_at.isoformat() if due.due_at else None,
        "unit": due.rule.unit,
        "provisional": due.provisional,
        "at_once": due.rule.at_once,
        "clause": due.rule.clause,
        "refused": due.refused,
    }


def explanation(due: DueDate) -> list[dict[str, Any]]:
    return [{"date": day.isoformat(), "counted": counted, "why": why} for day, counted, why in due.steps]
