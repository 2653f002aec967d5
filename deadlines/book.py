"""The profiles and the calendar as the database holds them, remembered per process (both are immutable per version)."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.models import Jurisdiction
from core.errors import BadInput
from deadlines.calendar import WorkCalendar, YearArrangement
from deadlines.models import CalendarYear, ProfileAssignment, ProfileVersion
from deadlines.profile import Profile
from deadlines.profile_files import parse_profile, with_options

GENERATION = "calendar-generation"


@dataclass(frozen=True)
class Rules:
    """What holds in a jurisdiction: the profile with its readings chosen, and the version to write down."""

    version: ProfileVersion
    profile: Profile
    options: dict[str, str]


@lru_cache(maxsize=256)
def profile_of(version_id: int) -> Profile:
    version = ProfileVersion.objects.get(pk=version_id)
    return parse_profile(version.source, f"{version.key} v{version.version}")


def as_pairs(options: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, str(v)) for k, v in options.items()))


def rules_of(version: ProfileVersion, options: dict[str, Any]) -> Rules:
    return Rules(version, with_options(profile_of(version.pk), as_pairs(options)), dict(options))


def rules_for(jurisdiction: Jurisdiction | int, day: dt.date) -> Rules:
    """The rules of a jurisdiction on `day`. Raises BadInput where none were put in force."""
    pk = jurisdiction if isinstance(jurisdiction, int) else jurisdiction.pk
    row = (
        ProfileAssignment.objects.filter(jurisdiction_id=pk, since__lte=day)
        .select_related("version")
        .defer("version__source")
        .order_by("-since")
        .first()
    )
    if row is None:
        raise BadInput(_("%(day)s 本地没有生效的规则，请系统管理员先指定。") % {"day": day.isoformat()})
    return rules_of(row.version, row.options)


# The generation, when it was read, and the calendar: one at a time.
_remembered: dict[object, tuple[float, WorkCalendar]] = {}
_asked: tuple[float, WorkCalendar] | None = None
A_MOMENT = 1.0
# Whoever puts a year in force may not reach the cache, and then nobody is told: seconds until the years are read again anyhow.
A_MINUTE = 60.0


def current_calendar() -> WorkCalendar:
    """The calendar as loaded; one query the first time, after each year loaded anywhere and once a minute, none otherwise.

    Whether a year was loaded elsewhere is asked at most once a second: a page of 25 lines counts fifty times.
    """
    global _asked
    if _asked is not None and time.monotonic() - _asked[0] < A_MOMENT:
        return _asked[1]
    calendar = _calendar_of_now()
    _asked = (time.monotonic(), calendar)
    return calendar


def _calendar_of_now() -> WorkCalendar:
    generation = cache.get(GENERATION)
    if generation is None:
        generation = dt.datetime.now(dt.UTC).isoformat()
        cache.add(GENERATION, generation, None)
    known = _remembered.get(generation)
    if known is None or time.monotonic() - known[0] > A_MINUTE:
        _remembered.clear()
        years = tuple(
            YearArrangement(
                row.year,
                {dt.date.fromisoformat(d): n for d, n in row.holidays.items()},
                {dt.date.fromisoformat(d): n for d, n in row.makeup.items()},
                row.source,
            )
            for row in CalendarYear.objects.order_by("year")
        )
        known = (time.monotonic(), WorkCalendar(years))
        _remembered[generation] = known
    return known[1]


def calendar_changed() -> None:
    """Make every process read the years again: this one at once, the others within a second."""
    global _asked
    _asked = None
    _remembered.clear()
    cache.set(GENERATION, dt.datetime.now(dt.UTC).isoformat(), None)
