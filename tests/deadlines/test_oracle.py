"""The calendar against an oracle that walks day by day, over every day of 2018 to 2026."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.calendar import SHANGHAI, shipped_calendar
from deadlines.due import compute_due
from deadlines.profile_files import shipped_profile

FIRST, LAST = dt.date(2018, 1, 1), dt.date(2026, 12, 31)
DAYS = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def walked(day: dt.date, n: int) -> dt.date:
    """n working days on (or back), one day at a time."""
    step, left = (1, n) if n > 0 else (-1, -n)
    while left:
        day += dt.timedelta(days=step)
        left -= chinese_calendar.is_workday(day)
    return day


def test_every_day_is_worked_or_not_as_the_state_council_arranged():
    calendar = shipped_calendar()
    assert [d for d in DAYS if calendar.is_workday(d) != chinese_calendar.is_workday(d)] == []


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, -1, -5])
def test_counting_agrees_with_the_walk_from_every_day(n):
    calendar = shipped_calendar()
    inside = [d for d in DAYS if dt.date(2018, 2, 1) < d < dt.date(2026, 12, 1)]
    assert [d for d in inside if calendar.add_workdays(d, n) != walked(d, n)] == []


LIMITS = [
    ("qidong", "referral", 5), ("qidong", "assistance_opinion", 3), ("zhoucun", "penalty_copy", 2), ("zhoucun", "acceptance_reply", 5),
    ("shuocheng", "referral", 3), ("yiyuan", "letter_after_notice", 3), ("xuecheng", "referral", 3), ("xuecheng", "approval_copy", 5),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dates(dt.date(2018, 1, 1), dt.date(2026, 11, 30)), st.times(), st.sampled_from(LIMITS))
def test_a_limit_in_working_days_ends_where_the_walk_ends(day, time, limit):
    profile, clock, n = limit
    event = dt.datetime.combine(day, time, SHANGHAI)
    due = compute_due(shipped_profile(profile), clock, event, shipped_calendar())
    assert due.due_at == dt.datetime.combine(walked(day, n), dt.time(23, 59, 59), SHANGHAI)
    assert not due.provisional
    assert sum(counted for _day, counted, _why in due.steps) == n
    assert due.steps[-1][0] == due.due_date


@settings(max_examples=200, deadline=None)
@given(st.dates(dt.date(2018, 1, 1), dt.date(2026, 11, 30)))
def test_a_calendar_reading_rolls_to_the_next_working_day(day):
    event = dt.datetime.combine(day, dt.time(9), SHANGHAI)
    due = compute_due(shipped_profile("xuecheng"), "referral", event, shipped_calendar(), options=(("plain_day_mode", "calendar_day"),))
    nominal = day + dt.timedelta(days=3)
    expected = nominal if chinese_calendar.is_workday(nominal) else walked(nominal, 1)
    assert due.due_date == expected


@settings(max_examples=200, deadline=None)
@given(st.datetimes(dt.datetime(2018, 1, 1), dt.datetime(2026, 12, 30)), st.sampled_from(["qidong", "shuocheng"]))
def test_twenty_four_hours_run_through_everything(moment, profile):
    event = moment.replace(tzinfo=SHANGHAI)
    due = compute_due(shipped_profile(profile), "referral", event, shipped_calendar(), urgent=True)
    assert due.due_at - event == dt.timedelta(hours=24)
    assert not due.provisional


def test_a_year_not_yet_published_is_provisional_and_keeps_the_holidays_of_the_regulation():
    calendar = shipped_calendar()
    assert not calendar.is_workday(dt.date(2027, 1, 1))
    assert not calendar.is_workday(dt.date(2027, 2, 6))
    assert not calendar.is_workday(dt.date(2027, 10, 1))
    assert calendar.is_provisional(dt.date(2027, 3, 1))
    assert not calendar.is_provisional(dt.date(2026, 12, 31))
