"""Many rows in one statement: each comes back with its own id."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.bulk import insert_rows
from deadlines.models import Clock
from oversight.models import Escalation
from oversight.watch import OWN
from tests import make

DAYS = [datetime(2026, 3, day, 15, 59, 59, tzinfo=UTC) for day in (9, 2, 5)]


def escalations(clock):
    return [
        Escalation(
            jurisdiction_id=clock.jurisdiction_id, clock=clock, event_at=clock.event_at, due_at=day, late_agency_id=clock.holder_id,
            raised_at=DAYS[0], subject_kind=clock.subject_kind, subject_id=clock.subject_id, title=f"第{day.day}日",
        )
        for day in DAYS
    ]  # fmt: skip


@pytest.fixture
def clock(xuecheng):
    make.delivered(xuecheng)
    return Clock.objects.filter(subject_kind="referral").latest("pk")


def test_each_row_is_given_the_id_under_which_it_stands_in_one_statement(clock):
    rows = escalations(clock)
    with CaptureQueriesContext(connection) as queries:
        insert_rows(rows, OWN, known_by=("clock_id", "due_at"))
    assert len(queries) == 1
    for row in rows:
        kept = Escalation.objects.get(pk=row.pk)
        assert (kept.title, kept.due_at, kept.state, kept.proposers, kept.version) == (row.title, row.due_at, "raised", [], 1)


def test_what_differs_and_is_not_named_is_refused(clock):
    rows = escalations(clock)
    rows[1].version = 7
    with pytest.raises(ValueError, match="version"):
        insert_rows(rows, OWN, known_by=("clock_id", "due_at"))


def test_a_row_that_is_known_already_is_refused_and_none_comes_in(clock):
    insert_rows(escalations(clock)[:1], OWN, known_by=("clock_id", "due_at"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(escalations(clock), OWN, known_by=("clock_id", "due_at"))
    assert Escalation.objects.filter(clock=clock).count() == 1
