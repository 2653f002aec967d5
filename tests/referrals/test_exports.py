"""A ledger is made of what was asked for, or it is said why not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.errors import BadInput
from foundation.work.queueing import find_lost
from referrals.models import Export
from referrals.services.exporting import PATIENCE, _cell, request_export
from tests import make

pytestmark = pytest.mark.django_db


def test_an_unreadable_filter_is_refused_and_never_means_everything(xuecheng):
    by = make.sender(xuecheng)
    for query in ("since=yesterday", "state=nonsense", "agency=²", "matter=" + "9" * 400):
        with pytest.raises(BadInput):
            request_export(by=by, desk="all", query=query)
    assert not Export.objects.exists()


def test_three_at_once_are_enough_for_one_person(xuecheng):
    by = make.sender(xuecheng)
    for _ in range(3):
        request_export(by=by, desk="all")
    with pytest.raises(BadInput, match="正在生成"):
        request_export(by=by, desk="all")
    request_export(by=make.receiver(xuecheng), desk="all")


def test_a_ledger_lost_with_its_task_is_made_later(xuecheng, commits):
    export = request_export(by=make.sender(xuecheng), desk="all")
    now = timezone.now() + PATIENCE * 2
    assert find_lost(now) == 1
    export.refresh_from_db()
    assert export.done_at is not None


def test_a_ledger_that_cannot_be_made_says_so(xuecheng, commits, monkeypatch, settings):
    settings.WORK_RAISES = False
    monkeypatch.setattr("referrals.services.exporting.ledger_rows", lambda *a, **k: 1 / 0)
    with commits():
        export = request_export(by=make.sender(xuecheng), desk="all")
    now = timezone.now()
    for n in range(1, 6):
        later = now + n * timezone.timedelta(hours=2)
        monkeypatch.setattr(timezone, "now", lambda later=later: later)
        find_lost(later)
    export.refresh_from_db()
    assert "生成失败" in export.failed


@pytest.mark.parametrize("text", ["=1+1", "＝1", "＋1", "－1", "＠x", "\n=1", "\t=1"])
def test_no_cell_is_taken_for_a_formula(text):
    assert _cell(text).startswith("'")


def test_no_tab_is_left_at_the_beginning_of_a_cell():
    assert _cell("\tx") == "x"


def test_what_a_workbook_cannot_hold_is_left_out():
    assert _cell("某\x0b公司\x00") == "某公司"
