"""Loading a year: what was provisional is counted again, with a trace and a notice."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actors import system_actor
from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, WrongState
from deadlines.book import calendar_changed, current_calendar
from deadlines.calendar import SHANGHAI, CalendarError, shipped_arrangements
from deadlines.clocks import open_clock
from deadlines.models import CalendarYear, YearProposal
from deadlines.plausible import demand_plausible
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from oversight.yearbook import confirm_year, load_year_and_tell, propose_year, refuse_year, undo_year, year_from_upload
from tests import make

NEXT = """
year: 2027
source: 国办发明电〔2026〕9号
holidays:
  元旦: [2027-01-01, 2027-01-02, 2027-01-03, 2027-01-04]
  春节: [2027-02-05, 2027-02-06, 2027-02-07, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11, 2027-02-12]
  清明节: [2027-04-03, 2027-04-04, 2027-04-05]
  劳动节: [2027-05-01, 2027-05-02, 2027-05-03, 2027-05-04, 2027-05-05]
  端午节: [2027-06-09]
  中秋节: [2027-09-15]
  国庆节: [2027-10-01, 2027-10-02, 2027-10-03, 2027-10-04, 2027-10-05, 2027-10-06, 2027-10-07]
makeup:
  元旦: [2027-01-09]
  春节: [2027-01-30, 2027-02-20]
  劳动节: [2027-04-25, 2027-05-08]
  国庆节: [2027-09-26, 2027-10-09]
"""


@pytest.fixture(autouse=True)
def _this_tests_years():
    yield
    # The years are remembered by the process; what this test loaded is undone with it.
    calendar_changed()


@pytest.fixture
def waiting(qidong, at):
    at("2026-12-30T09:00")
    return make.delivered(qidong)


def test_a_date_in_an_unpublished_year_is_provisional_and_never_overdue(waiting, at):
    clock = open_clock(("referral", waiting.pk), "acceptance_reply")
    assert clock.provisional
    assert clock.due_at.astimezone(SHANGHAI).date() == dt.date(2027, 1, 7)
    watch.sweep(at("2027-02-01T09:00"))
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=waiting.pk).exists()


def test_loading_the_year_counts_again_with_trace_and_notice(waiting, qidong):
    made = propose_year(year_from_upload(NEXT.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))
    moved = confirm_year(made.pk, by=qidong.actor("市政府办公室", Post.SECURITY))
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
        # What no notice ever said, however well it is written.
        ("year: 2199\nholidays: {国庆节: [2199-10-01]}", "2199 年不在可以导入的年份之内"),
        ("year: 2024\nholidays: {国庆节: [2024-10-01]}", "2024 年不在可以导入的年份之内"),
        (NEXT.replace("  清明节: [2027-04-03, 2027-04-04, 2027-04-05]\n", ""), "2027-04-05 清明节"),
        (NEXT.replace("2027-06-09]", "2027-06-09, 2027-07-09, 2027-07-12]"), "2027-07-12 离任何法定节日都在三周以上"),
        (NEXT.replace("[2027-01-09]", "[2027-03-06]"), "2027-03-06 离任何法定节日"),
        (NEXT.replace("2027-10-07]", "2027-10-07, " + ", ".join(f"2027-10-{d:02}" for d in range(10, 24)) + "]"), "天数过多"),
        (NEXT.split("makeup:")[0].replace("2027-02-12]", "2027-02-12, " + ", ".join(f"2027-02-{d}" for d in range(15, 27)) + "]"), "与历年相差过大"),
        # What the eye passes over and the reader would take the last of.
        (NEXT + "holidays: {国庆节: [2027-10-01]}\n", "重复"),
        (NEXT.replace("元旦: [2027-01-09]", "元旦: &a [2027-01-09]\n  中秋节: *a"), "锚点"),
        ("year: 2027\nholidays: " + "[" * 60 + "]" * 60, "层数"),
        ("year: 2027\nholidays: {元旦: [2027-02-30]}", "读不懂的值"),
        ("year: 2027\nholidays: {2027-01-01: [2027-01-01]}", "键须为文字"),
    ],
)
def test_a_year_file_with_a_mistake_is_refused_in_words(qidong, text, word):
    with pytest.raises(BadInput) as refused:
        propose_year(year_from_upload(text.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))
    assert word in str(refused.value)
    assert not CalendarYear.objects.filter(year__gte=2027).exists()
    assert 2027 not in current_calendar().published


def test_the_operator_too_is_refused_what_cannot_be(qidong):
    with pytest.raises(BadInput, match="2199"):
        load_year_and_tell(year_from_upload(b"year: 2199\nholidays: {x: [2199-10-01]}"), by=system_actor("load_rules"))


def test_the_years_that_there_were_are_plausible():
    for arrangement in shipped_arrangements():
        demand_plausible(arrangement, dt.date(arrangement.year, 3, 1))


@pytest.fixture
def waiting_year(waiting, qidong):
    return propose_year(year_from_upload(NEXT.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))


def test_only_an_administrator_puts_a_year_forward_and_nobody_loads_it_alone(qidong):
    for by in (qidong.actor("汇龙镇"), qidong.actor("市政府办公室", Post.SECURITY), qidong.actor("市政府", Post.GOVERNMENT_LEADER)):
        with pytest.raises(NotAllowed):
            propose_year(year_from_upload(NEXT.encode()), by=by)
    with pytest.raises(NotAllowed):
        load_year_and_tell(year_from_upload(NEXT.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))


def test_what_waits_for_the_second_person_is_not_in_force(waiting_year, waiting, qidong):
    assert (waiting_year.tried, waiting_year.moved) == (1, 1)
    assert open_clock(("referral", waiting.pk), "acceptance_reply").provisional
    assert 2027 not in current_calendar().published
    told = Message.objects.filter(key=f"year:{waiting_year.pk}:proposed").values_list("user_id", flat=True)
    assert qidong.user("市政府办公室", Post.SECURITY).pk in told
    assert qidong.user("市政府办公室", Post.ADMINISTRATOR).pk not in told
    assert qidong.user("汇龙镇").pk not in told
    with pytest.raises(BadInput, match="已有一份待确认"):
        propose_year(year_from_upload(NEXT.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))


def test_who_put_it_forward_does_not_confirm_it(waiting_year, qidong):
    by = qidong.actor("市政府办公室", Post.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="不能自己确认"):
        confirm_year(waiting_year.pk, by=by)
    with pytest.raises(NotAllowed):
        confirm_year(waiting_year.pk, by=qidong.actor("汇龙镇"))
    assert refuse_year(waiting_year.pk, by=by).state == "refused"
    with pytest.raises(WrongState):
        confirm_year(waiting_year.pk, by=qidong.actor("市政府办公室", Post.SECURITY))


def test_a_year_is_taken_back_in_one_step_with_every_date_that_it_moved(waiting_year, waiting, qidong):
    before = open_clock(("referral", waiting.pk), "acceptance_reply").due_at
    by = qidong.actor("市政府办公室", Post.SECURITY)
    confirm_year(waiting_year.pk, by=by)
    assert open_clock(("referral", waiting.pk), "acceptance_reply").due_at != before
    assert len(undo_year(waiting_year.pk, by=by)) == 1
    clock = open_clock(("referral", waiting.pk), "acceptance_reply")
    assert (clock.due_at, clock.provisional, clock.recounts.count()) == (before, True, 2)
    assert 2027 not in current_calendar().published
    with pytest.raises(WrongState):
        undo_year(waiting_year.pk, by=by)


def test_a_corrected_year_moves_what_was_no_longer_provisional(waiting_year, waiting, qidong):
    first, second = qidong.actor("市政府办公室", Post.ADMINISTRATOR), qidong.actor("市政府办公室", Post.SECURITY)
    confirm_year(waiting_year.pk, by=second)
    wrong = open_clock(("referral", waiting.pk), "acceptance_reply").due_at
    again = propose_year(year_from_upload(NEXT.replace(", 2027-01-04]", "]").encode()), by=first)
    assert again.moved == 1
    confirm_year(again.pk, by=second)
    clock = open_clock(("referral", waiting.pk), "acceptance_reply")
    assert clock.due_at < wrong
    with pytest.raises(WrongState, match="较新"):
        undo_year(waiting_year.pk, by=second)
    undo_year(again.pk, by=second)
    assert open_clock(("referral", waiting.pk), "acceptance_reply").due_at == wrong


def test_a_year_under_which_a_running_clock_cannot_be_counted_is_refused(waiting, qidong, monkeypatch):
    def short(clock, **more):
        raise CalendarError("超出工作日历范围")

    monkeypatch.setattr("deadlines.years.recomputed", short)
    with pytest.raises(BadInput, match="无法计算"):
        propose_year(year_from_upload(NEXT.encode()), by=qidong.actor("市政府办公室", Post.ADMINISTRATOR))


def test_a_year_that_failed_half_way_is_not_remembered(waiting_year, waiting, qidong, monkeypatch):
    def fails(*_args, **_more):
        raise RuntimeError("half way")

    monkeypatch.setattr("deadlines.years.move_clock", fails)
    with pytest.raises(RuntimeError):
        confirm_year(waiting_year.pk, by=qidong.actor("市政府办公室", Post.SECURITY))
    assert 2027 not in current_calendar().published


def test_the_page_asks_two_people_and_shows_what_will_move(qidong, client, at):
    at("2026-11-20T09:00")
    client.force_login(qidong.user("市政府办公室", Post.ADMINISTRATOR))
    answer = client.post(reverse("load-year"), {"file": SimpleUploadedFile("2027.yaml", NEXT.encode())}, follow=True)
    page = answer.content.decode()
    assert "试算 0 个正在计算的期限，0 个改期。" in page
    assert "确认启用" not in page
    made = YearProposal.objects.get()
    assert client.post(reverse("year-act", args=[made.pk, "confirm"])).status_code == 403
    client.force_login(qidong.user("汇龙镇"))
    assert "待第二人确认" not in client.get(reverse("calendar-year", args=[2027])).content.decode()
    assert client.post(reverse("year-act", args=[made.pk, "confirm"])).status_code == 403
    client.force_login(qidong.user("市政府办公室", Post.SECURITY))
    assert "确认启用" in client.get(reverse("calendar-year", args=[2027])).content.decode()
    answer = client.post(reverse("year-act", args=[made.pk, "confirm"]), follow=True)
    assert "重新计算了 0 个到期日" in answer.content.decode()
    assert "撤销，恢复原来的安排" in answer.content.decode()


def test_a_file_with_a_mistake_is_refused_on_the_page_it_came_from(qidong, client, at):
    at("2026-11-20T09:00")
    client.force_login(qidong.user("市政府办公室", Post.ADMINISTRATOR))
    answer = client.post(reverse("load-year"), {"file": SimpleUploadedFile("2199.yaml", b"year: 2199\nholidays: {x: [2199-10-01]}")})
    assert answer.status_code == 400
    assert "2199 年不在可以导入的年份之内" in answer.content.decode()
