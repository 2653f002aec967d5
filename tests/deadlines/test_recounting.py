"""A due date is event + limit + granted extension + pauses, counted again from these inputs whenever it is asked."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actors import system_actor
from core.errors import BadInput
from deadlines.book import calendar_changed, rules_for
from deadlines.calendar import arrangement_from_mapping, shipped_calendar
from deadlines.clocks import open_clock, recomputed, start_clock
from deadlines.due import compute_due, parse_event
from deadlines.extending import ExtensionRequest, Granted, Pause
from deadlines.models import Clock
from deadlines.profile_files import shipped_profile
from deadlines.prolonging import extend_clock, pause_clock, resume_clock
from deadlines.years import keep_year, stored_year
from tests import make

MOST = "most"
# profile, clock, event, granted (until, or the most; noticed), pauses, due. 2026-03-09 is a Monday.
TABLE = [
    ("qidong", "referral", "2026-03-09T09:00", None, [], "2026-03-16"),
    ("qidong", "referral", "2026-03-09T09:00", (MOST, "2026-03-11T09:00"), [], "2026-03-23"),
    ("qidong", "referral", "2026-03-09T09:00", ("2026-03-19", "2026-03-11T09:00"), [], "2026-03-19"),
    ("qidong", "referral", "2026-03-09T09:00", None, [("2026-03-10T09:00", "2026-03-17T09:00")], "2026-03-23"),
    ("qidong", "referral", "2026-03-09T09:00", (MOST, "2026-03-18T09:00"), [("2026-03-10T09:00", "2026-03-17T09:00")], "2026-03-30"),
    # A named day was told with the pauses before it in it; what stands afterwards is added.
    ("qidong", "referral", "2026-03-09T09:00", ("2026-03-26", "2026-03-18T09:00"), [("2026-03-10T09:00", "2026-03-17T09:00")], "2026-03-26"),
    ("qidong", "referral", "2026-03-09T09:00", ("2026-03-19", "2026-03-10T09:00"), [("2026-03-11T09:00", "2026-03-18T09:00")], "2026-03-26"),
    ("qidong", "referral", "2026-03-09T09:00", None, [("2026-03-10T09:00", "2026-03-11T09:00"), ("2026-03-12T09:00", "2026-03-13T09:00")], "2026-03-18"),
    ("qidong", "referral", "2026-03-09T09:00", None, [("2026-03-13T18:00", "2026-03-15T09:00")], "2026-03-16"),
    # Calendar days are added as calendar days, and roll.
    ("xuecheng", "consultation_opinion", "2026-03-09T09:00", (MOST, "2026-03-10T09:00"), [], "2026-03-26"),
    ("xuecheng", "consultation_opinion", "2026-03-09T09:00", (MOST, "2026-03-10T09:00"), [("2026-03-11T09:00", "2026-03-12T09:00")], "2026-03-27"),
    ("zhoucun", "referral_licensed_violation", "2026-12-29T09:00", ("2027-01-20", "2026-12-30T09:00"), [], "2027-01-20"),
]  # fmt: skip


def counted(profile, clock, event, granted, pauses, **more):
    grant = None
    if granted:
        until, noticed = granted
        grant = Granted(parse_event(noticed)[0], None if until == MOST else parse_event(f"{until}T23:59:59")[0])
    stood = tuple(Pause(parse_event(since)[0], parse_event(until)[0]) for since, until in pauses)
    return compute_due(shipped_profile(profile), clock, parse_event(event)[0], shipped_calendar(), granted=grant, pauses=stood, **more)


@pytest.mark.parametrize(("profile", "clock", "event", "granted", "pauses", "due"), TABLE)
def test_limit_extension_and_pauses_add_up(profile, clock, event, granted, pauses, due):
    assert counted(profile, clock, event, granted, pauses).due_date.isoformat() == due


def test_hours_are_added_as_they_stood():
    due = counted("qidong", "referral", "2026-04-03T18:20", None, [("2026-04-04T08:00", "2026-04-04T10:30")], urgent=True)
    assert due.due_at.isoformat() == "2026-04-04T20:50:00+08:00"


# the same wish at this instant: granted to, or refused
LATE = [
    ("xuecheng", "consultation_opinion", "2025-03-10T09:00", "2025-03-17T23:59:59.500000", "2025-03-27"),
    ("xuecheng", "consultation_opinion", "2025-03-10T09:00", "2025-03-18T00:00:00", None),
    ("qidong", "assistance_opinion", "2025-03-10T09:00", "2025-03-14T08:00", None),
    ("zhoucun", "referral_licensed_violation", "2025-03-10T09:00", "2025-03-13T00:00", None),
]


@pytest.mark.parametrize(("profile", "clock", "event", "noticed", "due"), LATE)
def test_what_has_run_out_is_not_extended_whatever_the_clause_says_of_notice(profile, clock, event, noticed, due):
    uncapped = shipped_profile(profile).clock(clock).extension.max is None
    wish = ExtensionRequest(parse_event(noticed)[0], "复杂", dt.date(2025, 3, 31) if uncapped else None)
    found = compute_due(shipped_profile(profile), clock, parse_event(event)[0], shipped_calendar(), extension=wish)
    assert (found.refused is None, found.due_date.isoformat()) == (due is not None, due or found.due_date.isoformat())


AT_ONCE = [
    ("xuecheng", "referral", "2025-03-13", True), ("xuecheng", "approval_copy", "2025-03-17", True), ("xuecheng", "superior_document", "2025-03-13", True),
    ("xuecheng", "appraisal_opinion", "2025-03-17", True), ("shuocheng", "appraisal_opinion", "2025-03-17", True),
    ("qidong", "assistance_opinion", "2025-03-13", True), ("yiyuan", "query_supply", "2025-03-13", True),
    ("qidong", "approval_copy", None, True), ("qidong", "referral", "2025-03-11", False), ("xuecheng", "receiver_feedback", "2025-03-13", False),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "clock", "due", "at_once"), AT_ONCE)
def test_an_urgent_variant_without_a_number_stands_beside_the_number(profile, clock, due, at_once):
    found = compute_due(shipped_profile(profile), clock, parse_event("2025-03-10T09:00")[0], shipped_calendar(), urgent=True)
    assert (found.due_date and found.due_date.isoformat(), found.rule.at_once) == (due, at_once)


YEAR = """{year: 2027, source: 国办, holidays: {元旦: [2027-01-01, 2027-01-02, 2027-01-03, 2027-01-04], 国庆节: [2027-10-01]}, makeup: {元旦: [2027-01-09]}}"""


@pytest.fixture(autouse=True)
def _this_tests_years():
    yield
    # The years are remembered by the process; what this test loaded is undone with it.
    calendar_changed()


def started(world, key, event):
    rules = rules_for(world.jurisdiction, timezone.localdate())
    two = list(world.agencies.values())[:2]
    return start_clock(rules, key, role="trial", subject=("trial", 1), event_at=event, holder=two[0], counterpart=two[1])


# district, clock, extended to (None: the most), before the year is loaded, after
GRANTED = [
    ("zhoucun", "referral_licensed_violation", dt.date(2027, 1, 20), "2027-01-20", "2027-01-20"),
    ("qidong", "referral", dt.date(2027, 1, 8), "2027-01-08", "2027-01-08"),
    ("qidong", "referral", None, "2027-01-13", "2027-01-13"),
]


@pytest.mark.parametrize(("world", "key", "until", "before", "after"), GRANTED, indirect=["world"])
def test_loading_a_year_keeps_an_extension_as_it_was_granted(at, world, key, until, before, after):
    import yaml

    clock = started(world, key, at("2026-12-29T09:00"))
    extend_clock(clock, reason="复杂", until=until, noticed_at=at("2026-12-30T09:00"), by=make.sender(world))
    clock.refresh_from_db()
    assert (timezone.localdate(clock.due_at).isoformat(), clock.provisional) == (before, True)
    keep_year(2027, arrangement_from_mapping(yaml.safe_load(YEAR)), by=system_actor("test"))
    clock.refresh_from_db()
    assert (timezone.localdate(clock.due_at).isoformat(), clock.provisional) == (after, False)
    assert recomputed(clock).due_at == clock.due_at
    with pytest.raises(BadInput, match="一次"):
        extend_clock(clock, reason="再延", until=dt.date(2027, 1, 29), noticed_at=at("2026-12-31T09:00"), by=make.sender(world))


def test_an_extension_after_a_pause_lengthens_and_a_pause_after_it_is_added(qidong, at):
    clock = started(qidong, "referral", at("2026-03-09T09:00"))
    pause_clock(clock, at=at("2026-03-10T09:00"), reason="补充材料")
    clock.refresh_from_db()
    assert (clock.next_step_at, clock.is_overdue(at("2026-05-01T09:00"))) == (None, False)
    assert not Clock.objects.overdue(at("2026-05-01T09:00")).filter(pk=clock.pk).exists()
    with pytest.raises(BadInput, match="暂停"):
        extend_clock(clock, reason="鉴定", until=None, noticed_at=at("2026-03-11T09:00"), by=make.sender(qidong))
    resume_clock(clock, at=at("2026-03-17T09:00"))
    assert timezone.localdate(Clock.objects.get(pk=clock.pk).due_at).isoformat() == "2026-03-23"
    extend_clock(clock, reason="鉴定", until=dt.date(2026, 3, 26), noticed_at=at("2026-03-18T09:00"), by=make.sender(qidong))
    clock.refresh_from_db()
    pause_clock(clock, at=at("2026-03-19T09:00"), reason="补充材料")
    resume_clock(clock, at=at("2026-03-20T09:00"))
    clock.refresh_from_db()
    assert timezone.localdate(clock.due_at).isoformat() == "2026-03-27"
    assert recomputed(clock).due_at == clock.due_at
    assert keep_year(2026, stored_year(2026), by=system_actor("test")) == []


def test_a_paused_clock_says_so_on_the_page_and_in_rest(qidong, at, client):
    at("2026-03-09T09:00")
    referral = make.delivered(qidong)
    clock = open_clock(("referral", referral.pk), "acceptance_reply")
    pause_clock(clock, at=at("2026-03-10T09:00"), reason="补充材料")
    at("2026-04-10T09:00")
    client.force_login(make.receiver(qidong).user)
    assert "期限暂停计算" in client.get(f"/referrals/{referral.pk}/").content.decode()
    said = next(c for c in client.get(f"/api/v1/referrals/{referral.pk}/").json()["clocks"] if c["id"] == clock.pk)
    assert (said["paused_at"][:10], said["late_since"]) == ("2026-03-10", None)
