"""Worked due dates, and the command that prints them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from deadlines.calendar import shipped_calendar
from deadlines.due import compute_due, parse_event
from deadlines.extending import ExtensionRequest
from deadlines.profile_files import shipped_profile

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WORKED = list(csv.DictReader((HERE / "due-dates.csv").open(encoding="utf-8")))


@pytest.mark.parametrize("row", WORKED, ids=[r["case"] for r in WORKED])
def test_the_worked_due_date_comes_out(row):
    options, urgent, extension = (), False, None
    said = row["options"].strip()
    if said == "urgent":
        urgent = True
    elif said.startswith("extension noticed "):
        extension = ExtensionRequest(parse_event(said.removeprefix("extension noticed "))[0], "情况复杂")
    elif said:
        options = (tuple(said.split("=")),)
    event, _timed = parse_event(row["event"].removeprefix("meeting "))
    due = compute_due(shipped_profile(row["profile"]), row["clock"], event, shipped_calendar(), urgent=urgent, options=options, extension=extension)
    if row["expected_due"] == "refused":
        assert due.refused
        assert due.due_at.isoformat() == "2025-09-30T23:59:59+08:00"
    else:
        moment, _space, word = row["expected_due"].partition(" ")
        assert due.due_at.replace(tzinfo=None).isoformat() == moment
        assert due.provisional == (word == "provisional")


def ask(*arguments, stdin=""):
    env = {"PATH": "/usr/bin:/bin", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, "manage.py", "duedate", *arguments], cwd=ROOT, env=env, input=stdin, capture_output=True, text=True, encoding="utf-8"
    )


def test_the_command_prints_the_date_and_every_day_without_a_database():
    done = ask("--profile", "qidong", "--clock", "referral", "--event", "2025-09-24T09:00")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "2025-09-30T23:59:59+08:00"
    assert any("2025-09-27" in line and "周末" in line for line in lines)
    assert any("2025-09-28" in line and "调休上班" in line for line in lines)
    assert "QD-2.4.1-f" in done.stdout


def test_json_carries_clause_unit_and_days():
    body = json.loads(ask("--profile", "xuecheng", "--clock", "referral", "--event", "2025-03-10T15:00", "--json").stdout)
    assert body["due_at"] == "2025-03-13T23:59:59+08:00"
    assert (body["clause"], body["unit"], body["provisional"]) == ("XC-2.2-c", "plain_day", False)
    assert [d["counted"] for d in body["days"]] == [False, True, True, True]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--profile", "nowhere", "--clock", "referral", "--event", "2025-03-10"], "unknown profile"),
        (["--profile", "qidong", "--clock", "nothing", "--event", "2025-03-10"], "unknown clock"),
        (["--profile", "qidong", "--clock", "referral", "--event", "yesterday"], "不是日期"),
        (["--profile", "qidong", "--clock", "referral", "--event", "1999-01-01"], "不在工作日历范围"),
        (["--profile", "qidong", "--clock", "referral", "--event", "2025-03-10", "--option", "nothing=1"], "没有选项"),
        (["--profile", "qidong", "--clock", "referral"], "--event"),
    ],
)
def test_nonsense_is_one_line_on_standard_error_and_exit_code_two(arguments, word):
    done = ask(*arguments)
    assert done.returncode == 2
    assert word in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_batch_answers_every_line_and_goes_on_after_an_error():
    questions = [
        {"id": 1, "profile": "qidong", "clock": "referral", "event": "2026-04-03T18:20", "urgent": True},
        {"id": 2, "profile": "qidong", "clock": "nothing", "event": "2026-04-03T18:20"},
        {"id": 3, "profile": "xuecheng", "clock": "referral", "event": "2025-09-30T10:00", "options": {"plain_day_mode": "calendar_day"}},
        {"id": 4, "profile": "qidong", "clock": "referral", "event": "2025-09-24T09:00", "extension": {"noticed_at": "2025-09-29", "reason": "核实"}},
        {"id": 5, "profile": "xuecheng", "clock": "info_share_routine", "event": "2025-09-24T09:00"},
        {"id": 6, "profile": "xuecheng", "clock": "agenda_solicitation", "event": "2025-10-15"},
    ]
    done = ask("--batch", stdin="\n".join([*map(json.dumps, questions), "not json", "[]"]))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert answers[0] == {
        "id": 1, "due_at": "2026-04-04T18:20:00+08:00", "unit": "hour", "provisional": False, "at_once": False, "clause": "QD-2.4.1-f",
        "refused": None,
    }  # fmt: skip
    assert answers[1]["id"] == 2
    assert "unknown clock" in answers[1]["error"]
    assert answers[2]["due_at"] == "2025-10-09T23:59:59+08:00"
    assert answers[3]["due_at"] == "2025-10-14T23:59:59+08:00"
    assert (answers[4]["due_at"], answers[4]["unit"]) == (None, "timely")
    assert answers[5]["due_at"] == "2025-09-30T23:59:59+08:00"
    assert "error" in answers[6]
    assert "error" in answers[7]


EXTENSIONS = [
    # profile, clock, event, noticed, reason, until, options -> due or None (refused), why
    ("qidong", "referral", "2025-09-24T09:00", "2025-09-30T23:59:59", "核实", None, "", "2025-10-14", ""),
    ("qidong", "referral", "2025-09-24T09:00", "2025-10-01T00:00", "核实", None, "", None, "QD-2.4.1-f"),
    ("qidong", "referral", "2025-09-24T09:00", "2025-09-29", "", None, "", None, "理由"),
    ("qidong", "referral", "2025-09-24T09:00", "2025-09-29", "核实", "2025-10-16", "", None, "上限"),
    ("qidong", "referral", "2025-09-24T09:00", "2025-09-29", "核实", "2025-10-11", "", "2025-10-11", ""),
    ("qidong", "referral", "2025-09-24T09:00", "2025-09-29", "核实", None, "referral_extension_semantics=additional", "2025-10-21", ""),
    ("qidong", "acceptance_reply", "2025-03-10T09:00", "2025-03-11", "核实", None, "", None, "不允许"),
    ("xuecheng", "consultation_opinion", "2025-03-10T09:00", "2025-03-11", "复杂", None, "", "2025-03-27", ""),
    ("xuecheng", "consultation_opinion", "2025-03-10T09:00", "2025-03-11", "复杂", None, "consultation_extension_semantics=total", "2025-03-20", ""),
    ("xuecheng", "appraisal_opinion", "2025-03-10T09:00", "2025-03-11", "复杂", None, "", None, "须写明"),
    ("xuecheng", "appraisal_opinion", "2025-03-10T09:00", "2025-03-11", "复杂", "2025-04-30", "", "2025-04-30", ""),
    ("xuecheng", "appraisal_opinion", "2025-03-10T09:00", "2025-03-18", "复杂", "2025-04-30", "", None, "事先告知"),
    ("zhoucun", "info_share_routine", "2025-03-10T09:00", "2025-03-10T10:00", "整理", None, "", "2025-03-17", ""),
    ("zhoucun", "referral_licensed_violation", "2025-03-10T09:00", "2025-03-11", "特殊", "2025-03-31", "", "2025-03-31", ""),
    ("zhoucun", "licence_followup_copy", "2025-03-10T09:00", "2025-03-10T10:00", "整理", None, "", "2025-03-17", ""),
    ("shuocheng", "info_share_routine", "2025-03-10T09:00", "2025-03-10T10:00", "整理", None, "", None, "须写明"),
    ("shuocheng", "info_share_routine", "2025-03-10T09:00", "2025-03-10T10:00", "整理", None, "info_extension_cap=5_workday", "2025-03-17", ""),
    ("yiyuan", "letter_after_notice", "2026-03-10T09:00", "2026-03-10T10:00", "忙", None, "", None, "不允许"),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "clock", "event", "noticed", "reason", "until", "options", "due", "why"), EXTENSIONS)
def test_an_extension_is_granted_or_refused_as_its_clause_says(profile, clock, event, noticed, reason, until, options, due, why):
    end = parse_event(until)[0].date() if until else None
    chosen = (tuple(options.split("=")),) if options else ()
    wish = ExtensionRequest(parse_event(noticed)[0], reason, end)
    found = compute_due(shipped_profile(profile), clock, parse_event(event)[0], shipped_calendar(), options=chosen, extension=wish)
    if due is None:
        assert why in found.refused
        assert found.rule.clause in found.refused
    else:
        assert found.refused is None
        assert found.due_date.isoformat() == due
