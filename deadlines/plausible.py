"""Whether a year's arrangement can be true: one mistyped file would move every due date in the country's calendar."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from deadlines.calendar import CalendarError, YearArrangement, regulation_holidays

# The arrangement comes out late in the year before; a correction may still concern the year that just ended.
YEARS_BACK, YEARS_AHEAD = 1, 2
# 2018 to 2026 had 248 to 251 working days, 25 to 33 days off and 5 to 8 make-up days, none over nine days from a statutory holiday.
WORKDAYS, MOST_OFF, MOST_MAKEUP = range(240, 260), 42, 14
NEAR = dt.timedelta(days=21)
# Since the regulation's 2024 text; before, New Year's Eve and the second of May were not fixed by it.
FIXED_SINCE = 2025


def demand_plausible(arrangement: YearArrangement, today: dt.date) -> None:
    """Raise CalendarError with every doubt, in sentences, about `arrangement` as it is put forward on `today` (Shanghai)."""
    year = arrangement.year
    if not today.year - YEARS_BACK <= year <= today.year + YEARS_AHEAD:
        raise CalendarError(_("%(year)d 年不在可以导入的年份之内（前一年至后两年）。") % {"year": year})
    fixed = regulation_holidays(year)
    # New Year's Day brings days of the old year with it.
    holidays = [*fixed, dt.date(year + 1, 1, 1)]
    doubts = []
    if year >= FIXED_SINCE:
        missing = sorted(day for day in fixed if day not in arrangement.holidays)
        if missing:
            days = _("、").join(f"{day.isoformat()} {fixed[day]}" for day in missing)
            doubts.append(_("放假办法规定的放假日没有列入：%(days)s。") % {"days": days})
    for listed in (arrangement.holidays, arrangement.makeup):
        far = sorted(day for day in listed if min(abs(day - one) for one in holidays) > NEAR)
        doubts += [_("%(day)s 离任何法定节日都在三周以上。") % {"day": day.isoformat()} for day in far]
    if len(arrangement.holidays) > MOST_OFF or len(arrangement.makeup) > MOST_MAKEUP:
        doubts.append(_("放假或者调休的天数过多。"))
    worked = sum(1 for day in _days_of(year) if day in arrangement.makeup or (day.weekday() < 5 and day not in arrangement.holidays))
    if worked not in WORKDAYS:
        doubts.append(_("照此安排全年有 %(n)d 个工作日，与历年相差过大。") % {"n": worked})
    if doubts:
        raise CalendarError(" ".join(doubts))


def _days_of(year: int) -> list[dt.date]:
    first = dt.date(year, 1, 1)
    return [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
