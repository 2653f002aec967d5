"""Loading a year: what was provisional is counted again, with a trace and a notice."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from deadlines.calendar import SHANGHAI
from deadlines.clocks import open_clock
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from oversight.yearbook import load_year_and_tell, year_from_upload
from tests import make

NEXT = """
year: 2027
source: 国办发明电〔2026〕9号
holidays:
  元旦: [2027-01-01, 2027-01-02, 2027-01-03, 2027-01-04]
  国庆节: [2027-10-01, 2027-10-02, 2027-10-03]
makeup:
  元旦: [2027-01-09]
"""


@pytest.fixture
def waiting(qidong, at):
    at("2026-12-30T09:00")
    return make.delivered(qidong)


def test_a_date_in_an_unpublished_year_is_provisional_and_never_overdue(waiting, at):
    clock = open_clock(("referral", waiting.pk), "acceptance_reply")
    assert clock.provisional
    assert clock.due_at.astimezone(SHANGHAI).date() == dt.date(2027, 1, 7)
    watch.sweep(at("2027-02-01T09:00"))
    assert not Escalation.objects.filter(referral=waiting).exists()


def test_loading_the_year_counts_again_with_trace_and_notice(waiting, qidong):
    by = qidong.actor("市政府办公室", Post.ADMINISTRATOR)
    moved = load_year_and_tell(year_from_upload(NEXT.encode()), by=by)
    clock = open_clock(("referral", waiting.pk), "acceptance_reply")
    assert clock.due_at.astimezone(SHANGHAI).date() == dt.date(2027, 1, 8)
    assert not clock.provisional
    trace = clock.recounts.get()
    assert (trace.old_due_at.astimezone(SHANGHAI).date(), trace.was_provisional) == (dt.date(2027, 1, 7), True)
    assert trace in moved
    told = Message.objects.filter(kind=Message.Kind.CALENDAR).values_list("user_id", flat=True)
    assert qidong.user("汇龙镇").pk in told


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("year: x", "year"),
        ("year: 2027\nholidays: {}", "空"),
        ("year: 2027\nholidays: {元旦: [2028-01-01]}", "不在 2027"),
        ("year: 2027\nholidays: {国庆节: [2027-10-01]}\nmakeup: {国庆节: [2027-10-04]}", "周一至周五"),
        ("year: 2027\nholidays: {元旦: [2027-01-01]}", "国庆节"),
        ("year: [", "文件有误"),
    ],
)
def test_a_year_file_with_a_mistake_is_refused_in_words(qidong, text, word):
    with pytest.raises(BadInput) as refused:
        load_year_and_tell(year_from_upload(text.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))
    assert word in str(refused.value)


def test_only_the_administrator_loads_a_year(qidong):
    with pytest.raises(NotAllowed):
        load_year_and_tell(year_from_upload(NEXT.encode()), by=qidong.actor("汇龙镇"))
