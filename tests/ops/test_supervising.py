"""Whatever died by itself runs again; what dies at once is not started in a frenzy; an end that is meant stays one."""

from __future__ import annotations

import signal
import sys

import pytest

from ops.supervising import Household, start_program


@pytest.fixture
def house(tmp_path):
    made = Household()
    yield made, lambda name, code: made.add(name, lambda _port: start_program(name, [sys.executable, "-c", code], {}, tmp_path / f"{name}.log"))
    made.stop()


def kill(house, name):
    process = house.parts[name].service.process
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    return process.pid


def test_a_part_that_died_runs_again_and_the_others_are_left_alone(house):
    household, add = house
    for name in ("web", "beat"):
        add(name, "import time; time.sleep(60)")
    other = household.parts["beat"].service.process.pid
    dead = kill(household, "web")
    assert household.mend() == ["web"]
    assert household.parts["web"].service.process.pid != dead
    assert household.parts["beat"].service.process.pid == other
    assert household.mend() == []


def test_what_dies_again_at_once_waits_for_its_turn(house):
    household, add = house
    add("web", "import time; time.sleep(60)")
    kill(household, "web")
    household.mend()
    kill(household, "web")
    assert household.mend() == []
    household.parts["web"].not_before = 0.0
    assert household.mend() == ["web"]


def test_a_part_that_cannot_be_started_is_tried_later_and_ends_nobody_else(house):
    household, add = house
    add("web", "import time; time.sleep(60)")

    def fails(_port):
        raise RuntimeError("its port is still taken")

    start, household.parts["web"].start = household.parts["web"].start, fails
    kill(household, "web")
    assert household.mend() == []
    household.parts["web"].start, household.parts["web"].not_before = start, 0.0
    assert household.mend() == ["web"]
