"""The due-date service: the same answers as the worked due dates."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

QUESTION = {"profile": "xuecheng", "clock": "receiver_feedback", "event": "2026-03-09T09:00"}


def worked():
    with (Path(__file__).parent.parent / "deadlines/due-dates.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_one_question_with_its_reasons(xuecheng, system):
    said = system.post("due-dates/", QUESTION | {"explain": True, "id": "a"}).json()
    assert (said["id"], said["clause"].startswith("XC"), bool(said["days"])) == ("a", True, True)


def test_a_batch_answers_each_and_names_what_it_cannot(xuecheng, system):
    answer = system.post("due-dates/", {"questions": [QUESTION, QUESTION | {"profile": "nowhere"}, QUESTION | {"event": "0000-01-01"}]})
    results = answer.json()["results"]
    assert (bool(results[0]["due_at"]), "questions/1/profile" in results[1]["error"], bool(results[2]["error"])) == (True, True, True)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/profile"), (QUESTION | {"clock": "nothing"}, "#/clock"), (QUESTION | {"event": "soon"}, "#/event"), (QUESTION | {"urgent": "yes"}, "#/urgent"),
        (QUESTION | {"more": 1}, "#/more"), ({"questions": []}, "#/questions"), ({"questions": [5]}, "#/questions/0"), (QUESTION | {"event": 20260309}, "#/event"),
        ({"questions": [QUESTION] * 1001}, "#/questions"), (QUESTION | {"extension": 5}, "#/extension"), (QUESTION | {"options": {"a": 1}}, "#/options/a"),
    ],
)  # fmt: skip
def test_a_bad_question_is_400_with_its_place(xuecheng, system, body, pointer):
    answer = system.post("due-dates/", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)
