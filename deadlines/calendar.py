"""The working-day calendar: which days are worked, by the State Council's arrangements, as one table with prefix sums.

A year whose arrangement is not published is provisional: weekdays less the holidays that the holiday regulation
(全国年节及纪念日放假办法, 2024 text) fixes by itself. Nothing here guesses Monday to Friday for a published year.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

from lunardate import LunarDate

from core.errors import BadInput
from core.text import clean_line

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_YEAR = 2018
PROVISIONAL_YEARS_AHEAD = 10


class CalendarError(BadInput, ValueError):
    """A date that the calendar cannot speak about, or a year file with a mistake; str() is a sentence for people.

    A refusal like any other: at whatever door it is met, it is answered in words and nothing is changed.
    """


@dataclass(frozen=True)
class YearArrangement:
    """One year's arrangement: days off (holiday name by date) and make-up working days (which holiday by date)."""

    year: int
    holidays: dict[dt.date, str]
    makeup: dict[dt.date, str]
    source: str = ""

    def check(self) -> None:
        """Raise CalendarError where the arrangement contradicts itself."""
        for label, days in (("holidays", self.holidays), ("makeup", self.makeup)):
            for day in days:
                if day.year != self.year:
                    raise CalendarError(f"{label}: {day.isoformat()} 不在 {self.year} 年内")
        for day in self.makeup:
            if day in self.holidays:
                raise CalendarError(f"{day.isoformat()} 既列为放假又列为调休上班")
            if day.weekday() < 5:
                raise CalendarError(f"{day.isoformat()} 是周一至周五，不能列为调休上班")
        if not any(day.month == 10 and day.day == 1 for day in self.holidays):
            raise CalendarError(f"{self.year} 年的安排里没有国庆节，文件可能不完整")


@lru_cache(maxsize=64)
def regulation_holidays(year: int) -> dict[dt.date, str]:
    """The holidays that the regulation itself fixes in `year`, before any arrangement; empty beyond the lunar table."""
    from chinese_calendar import get_solar_terms

    days = {dt.date(year, 1, 1): "元旦"}
    try:
        new_year = LunarDate(year, 1, 1).to_solar_date()
        days |= {new_year + dt.timedelta(days=shift): "春节" for shift in (-1, 0, 1, 2)}
        days[LunarDate(year, 5, 5).to_solar_date()] = "端午节"
        days[LunarDate(year, 8, 15).to_solar_date()] = "中秋节"
    except ValueError as error:
        raise CalendarError(f"{year} 年超出农历换算范围") from error
    for day, term in get_solar_terms(dt.date(year, 4, 1), dt.date(year, 4, 8)):
        if term == "清明":
            days[day] = "清明节"
    days |= {dt.date(year, 5, d): "劳动节" for d in (1, 2)}
    days |= {dt.date(year, 10, d): "国庆节" for d in (1, 2, 3)}
    return days


@dataclass(frozen=True)
class WorkCalendar:
    """Days from 1 January 2018 on. `published` years follow their arrangement; later ones are provisional."""

    years: tuple[YearArrangement, ...]
    published: frozenset[int] = field(init=False)
    version: str = field(init=False)
    _first: int = field(init=False, repr=False)
    _last: int = field(init=False, repr=False)
    _worked_until: list[int] = field(init=False, repr=False)
    _workdays: list[int] = field(init=False, repr=False)
    _notes: dict[dt.date, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        published = frozenset(y.year for y in self.years)
        if not published:
            raise CalendarError("没有任何年度的节假日安排")
        set_ = object.__setattr__
        set_(self, "published", published)
        off: set[dt.date] = set()
        on: set[dt.date] = set()
        notes: dict[dt.date, str] = {}
        for arrangement in self.years:
            off |= arrangement.holidays.keys()
            on |= arrangement.makeup.keys()
            notes |= arrangement.holidays
            notes |= arrangement.makeup
        last_year = max(published) + PROVISIONAL_YEARS_AHEAD
        for year in range(FIRST_YEAR, last_year + 1):
            if year not in published:
                fixed = regulation_holidays(year)
                off |= fixed.keys()
                notes |= fixed
        first, last = dt.date(FIRST_YEAR, 1, 1).toordinal(), dt.date(last_year, 12, 31).toordinal()
        count, worked_until, workdays = 0, [], []
        for ordinal in range(first, last + 1):
            day = dt.date.fromordinal(ordinal)
            if day in on or (day.weekday() < 5 and day not in off):
                count += 1
                workdays.append(ordinal)
            worked_until.append(count)
        set_(self, "_first", first)
        set_(self, "_last", last)
        set_(self, "_worked_until", worked_until)
        set_(self, "_workdays", workdays)
        set_(self, "_notes", notes)
        canon = json.dumps([[y.year, sorted(map(str, y.holidays)), sorted(map(str, y.makeup))] for y in sorted(self.years, key=lambda y: y.year)])
        set_(self, "version", f"{min(published)}-{max(published)}/{hashlib.sha256(canon.encode()).hexdigest()[:10]}")

    def _index(self, day: dt.date) -> int:
        ordinal = day.toordinal()
        if not self._first <= ordinal <= self._last:
            raise CalendarError(f"日期 {day.isoformat()} 不在工作日历范围内（{FIRST_YEAR}-01-01 至 {dt.date.fromordinal(self._last).isoformat()}）")
        return ordinal - self._first

    def covers(self, day: dt.date) -> bool:
        """Whether `day` lies in the years that can be counted."""
        return self._first <= day.toordinal() <= self._last

    def is_workday(self, day: dt.date) -> bool:
        i = self._index(day)
        return self._worked_until[i] != (self._worked_until[i - 1] if i else 0)

    def add_workdays(self, day: dt.date, n: int) -> dt.date:
        """The n-th working day after `day` (n ≥ 1), or before it (n ≤ -1); `day` itself is never counted."""
        i = self._index(day)
        if n > 0:
            position = self._worked_until[i] + n - 1
        elif n < 0:
            position = (self._worked_until[i - 1] if i else 0) + n
        else:
            return day
        if not 0 <= position < len(self._workdays):
            raise CalendarError(f"从 {day.isoformat()} 起数 {n} 个工作日，超出工作日历范围")
        return dt.date.fromordinal(self._workdays[position])

    def workdays_between(self, after: dt.date, until: dt.date) -> int:
        """How many working days lie in (after, until]; negative when `until` is before `after`."""
        return self._worked_until[self._index(until)] - self._worked_until[self._index(after)]

    def is_provisional(self, day: dt.date) -> bool:
        return day.year not in self.published

    def describe(self, day: dt.date) -> tuple[str, str]:
        """(kind, name): kind is workday | weekend | holiday | makeup, name the holiday's Chinese name or ''."""
        name = self._notes.get(day, "")
        if self.is_workday(day):
            return ("makeup" if day.weekday() >= 5 else "workday"), name
        return ("holiday" if name else "weekend"), name


@lru_cache(maxsize=1)
def shipped_arrangements() -> tuple[YearArrangement, ...]:
    """The State Council's arrangements 2018 to the last year that the chinesecalendar package knows."""
    from chinese_calendar.constants import Holiday, holidays, workdays

    names = {h.value: h.chinese for h in Holiday}
    years = sorted({day.year for day in holidays if day.year >= FIRST_YEAR})
    return tuple(
        YearArrangement(
            year=year,
            holidays={d: names.get(n, n) for d, n in holidays.items() if d.year == year},
            makeup={d: names.get(n, n) for d, n in workdays.items() if d.year == year},
            source="chinesecalendar",
        )
        for year in years
    )


@lru_cache(maxsize=1)
def shipped_calendar() -> WorkCalendar:
    """The calendar without a database: what the command line counts with."""
    return WorkCalendar(shipped_arrangements())


def arrangement_from_mapping(data: object) -> YearArrangement:
    """Read one year's file: {year, source, holidays: {name: [dates]}, makeup: {name: [dates]}}. Raises CalendarError."""
    if not isinstance(data, dict) or not isinstance(data.get("year"), int):
        raise CalendarError("文件须为一个对象，且含整数 year")

    def days(key: str) -> dict[dt.date, str]:
        found: dict[dt.date, str] = {}
        groups = data.get(key, {})
        if not isinstance(groups, dict):
            raise CalendarError(f"{key} 须为“节名: [日期…]”")
        for name, listed in groups.items():
            if not isinstance(listed, Iterable) or isinstance(listed, str):
                raise CalendarError(f"{key}.{name} 须为日期列表")
            for value in listed:
                try:
                    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
                except ValueError as error:
                    raise CalendarError(f"{key}.{name}: “{value}” 不是日期") from error
                found[day] = clean_line(str(name))
        return found

    if not days("holidays"):
        raise CalendarError("holidays 为空")
    arrangement = YearArrangement(int(data["year"]), days("holidays"), days("makeup"), clean_line(str(data.get("source", ""))))
    arrangement.check()
    return arrangement
