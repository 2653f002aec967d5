"""By when: the due date as a pure function of rule, event, readings, what was granted, pauses and calendar, day by day.

Instants are aware datetimes; dates are read in Asia/Shanghai. Nothing here asks for the time or touches a database.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils.translation import gettext as _

from deadlines.calendar import SHANGHAI, WorkCalendar
from deadlines.counting import DueDate, counts_by, plain_due
from deadlines.explaining import Resolved
from deadlines.extending import ExtensionRequest, Granted, Pause, asked, granted_due, with_pauses
from deadlines.profile import COUNTED, Extension, Limit, Profile
from deadlines.profile_files import with_options

AGENDA_SOLICITATION = "agenda_solicitation"


class UnknownClock(KeyError):
    """The document has no clock of that name."""


class UnknownOption(ValueError):
    """The document does not leave that choice open; str() is a sentence."""


class BadEvent(ValueError):
    """An event that the clock cannot start from; str() is a sentence."""


def _settled_limit(profile: Profile, limit: Limit) -> tuple[Limit, Extension | None]:
    if limit.same_as is None:
        return limit, None
    other = profile.clock(limit.same_as)
    inner, extension = _settled_limit(profile, other.limit)
    return inner, extension or other.extension


@lru_cache(maxsize=4096)
def resolve(profile: Profile, clock: str, options: tuple[tuple[str, str], ...] = (), urgent: bool = False) -> tuple[Profile, Resolved]:
    """The rule of `clock` with `options` chosen. Raises UnknownClock, UnknownOption.

    An urgent variant with a number takes the limit's place; one without (立即) stands beside the number: docs/decisions/0017.
    """
    try:
        profile = with_options(profile, options)
    except KeyError as error:
        raise UnknownOption(_("规则“%(profile)s”没有选项 %(key)s") % {"profile": profile.short_key, "key": error.args[0]}) from None
    except ValueError as error:
        raise UnknownOption(str(error)) from None
    if clock == AGENDA_SOLICITATION:
        soliciting = profile.solicitation()
        if soliciting is None:
            raise UnknownClock(clock)
        counts = counts_by(profile, soliciting.unit, soliciting.before)
        return profile, Resolved(clock, soliciting.clause, "meeting_held", soliciting.unit, soliciting.before, None, False, counts, backwards=True)
    try:
        rule = profile.clock(clock)
    except KeyError:
        raise UnknownClock(clock) from None
    limit, inherited = _settled_limit(profile, rule.limit)
    extension = rule.extension or inherited
    unit, value, missing, at_once = limit.unit, limit.value, False, False
    applied = urgent and rule.urgent is not None and rule.urgent.unit is not None
    if applied and rule.urgent is not None and rule.urgent.unit is not None:
        at_once = rule.urgent.unit not in COUNTED
        if not at_once or limit.unit not in COUNTED:
            unit, value, extension = rule.urgent.unit, rule.urgent.value, None
    elif urgent:
        missing = True
    assert unit is not None
    return profile, Resolved(
        clock, rule.clause, rule.trigger, unit, value, extension, applied, counts_by(profile, unit, value),
        no_urgent_variant=missing, generally=limit.generally, at_once=at_once,
    )  # fmt: skip


def compute_due(
    profile: Profile,
    clock: str,
    event_at: dt.datetime,
    calendar: WorkCalendar,
    *,
    urgent: bool = False,
    options: tuple[tuple[str, str], ...] = (),
    extension: ExtensionRequest | None = None,
    granted: Granted | None = None,
    pauses: tuple[Pause, ...] = (),
    explain: bool = True,
) -> DueDate:
    """When `clock` of `profile` runs out for an event at `event_at` (aware; read in Shanghai), with what was `granted` and `pauses`.

    With `extension` (a wish), the extended date, or the present one and `refused` where the clause does not allow it.
    Raises UnknownClock, UnknownOption, CalendarError.
    """
    profile, rule = resolve(profile, clock, options, urgent)
    plain = plain_due(profile, rule, event_at.astimezone(SHANGHAI), calendar, explain)
    if extension is not None:
        return asked(profile, rule, plain, calendar, extension, pauses)
    if granted is not None:
        return granted_due(profile, rule, plain, calendar, granted, pauses)
    return with_pauses(profile, plain, calendar, pauses)


def can_be_overdue(unit: str) -> bool:
    """Only a numbered limit can be overdue; 及时, 立即 and silence are reminded of."""
    return unit in COUNTED


def parse_event(text: str) -> tuple[dt.datetime, bool]:
    """An ISO date or date-time; without offset it is Shanghai time. Returns (aware instant, had a time). Raises BadEvent."""
    text = text.strip()
    try:
        if len(text) == 10:
            day = dt.date.fromisoformat(text)
            return dt.datetime(day.year, day.month, day.day, tzinfo=SHANGHAI), False
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadEvent(_("“%(text)s”不是日期或时间（例：2025-09-24T09:00）") % {"text": text}) from None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI), True
    except OverflowError:
        raise BadEvent(_("“%(text)s”超出可计算的日期") % {"text": text}) from None
