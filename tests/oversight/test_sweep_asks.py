"""`sweep --as-of` a day to come escalates for good: a person at a terminal is asked, anything else has to say --yes."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from deadlines.models import ClockStep
from oversight.models import Escalation
from tests import make

AHEAD = (timezone.now() + dt.timedelta(days=400)).isoformat()


class Keyboard(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def asked(monkeypatch):
    def sit(typed):
        monkeypatch.setattr("sys.stdin", Keyboard() if typed is not None else io.StringIO("yes\n"))
        monkeypatch.setattr("builtins.input", lambda _prompt: typed)

    return sit


def swept(*words):
    call_command("sweep", *words, stdout=io.StringIO(), stderr=io.StringIO())


def test_without_a_terminal_a_future_day_is_refused_and_nothing_is_done(xuecheng, asked):
    make.signed(xuecheng)
    asked(None)
    with pytest.raises(CommandError, match="--yes"):
        swept("--as-of", AHEAD)
    assert (ClockStep.objects.count(), Escalation.objects.count()) == (0, 0)


@pytest.mark.parametrize(("typed", "done"), [("yes", True), ("", False), ("y", False), ("no", False)])
def test_at_a_terminal_only_a_yes_carries_it_out(xuecheng, asked, typed, done):
    make.signed(xuecheng)
    asked(typed)
    if done:
        swept("--as-of", AHEAD)
    else:
        with pytest.raises(CommandError, match="没有办理"):
            swept("--as-of", AHEAD)
    assert bool(ClockStep.objects.count()) is done


def test_yes_on_the_command_line_is_enough(xuecheng, asked):
    make.signed(xuecheng)
    asked(None)
    swept("--as-of", AHEAD, "--yes")
    assert ClockStep.objects.count()


@pytest.mark.parametrize("words", [(), ("--as-of", "2026-01-05T09:00")])
def test_now_and_the_past_are_not_asked_about(xuecheng, asked, words):
    asked(None)
    swept(*words)
