"""What is done to the parts: killed, frozen, silenced, filled, set upon each other. Each returns when it is over."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time

from django.db import connection

from foundation.work.runs import last_end
from ops import embedded
from ops.demo import WORKERS
from ops.faults.trial import House, Result
from oversight.apps import SWEEP


def _alive(house: House, name: str) -> bool:
    return house.stack.house.parts[name].service.process.poll() is None


def _kill(house: House, name: str, away: float = 0.0) -> None:
    """SIGKILL to the part and its children; back after `away` seconds at the earliest, and waited for."""
    if away:
        house.stack.down(name, away)
    else:
        house.stack.signal(name, signal.SIGKILL)
        house.stack.house.parts[name].service.process.wait(10)
    house.stack.wait(lambda: _alive(house, name), 90, 0.05)


def workers(house: House, chance: random.Random, result: Result) -> None:
    killed = 0
    for _ in range(2):
        for name in chance.sample(list(WORKERS), len(WORKERS)):
            time.sleep(chance.random())
            _kill(house, name)
            killed += 1
    result.notes.append(f"{killed} kills")


def children(house: House, chance: random.Random, result: Result) -> None:
    """The system ends a worker's child for its memory: its parent lives, and is told."""
    killed = 0
    for _ in range(3):
        for name in ("letters", "mail"):
            time.sleep(chance.random())
            parent = house.stack.house.parts[name].service.process.pid
            found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True).stdout.split()
            if found:
                subprocess.run(["kill", "-9", chance.choice(found)], capture_output=True)
                killed += 1
    result.notes.append(f"{killed} kills")


def web(house: House, chance: random.Random, result: Result) -> None:
    for _ in range(3):
        time.sleep(chance.random() * 2)
        _kill(house, "web")
    result.notes.append("3 kills")


def beat(house: House, chance: random.Random, result: Result) -> None:
    for _ in range(2):
        time.sleep(chance.random() * 2)
        _kill(house, "beat", 1 + chance.random() * 3)
    began, before = time.monotonic(), last_end(SWEEP)
    house.stack.wait(lambda: last_end(SWEEP) != before, 120, 0.3)
    result.notes.append(f"2 kills; the next sweep {time.monotonic() - began:.0f} s later")


def database(house: House, chance: random.Random, result: Result) -> None:
    for away in (0.0, 1.0 + chance.random(), 3.0):
        time.sleep(1 + chance.random() * 2)
        _kill(house, "PostgreSQL", away)
    result.notes.append("3 kills; away for 0, 1 to 2, and 3 s")


def broker(house: House, chance: random.Random, result: Result) -> None:
    for away in (0.0, 4.0 + chance.random() * 3):
        time.sleep(1 + chance.random() * 2)
        _kill(house, "Redis", away)
    result.notes.append("2 kills; away for 0 and 4 to 7 s; all queued tasks gone each time")


def frozen(house: House, chance: random.Random, result: Result) -> None:
    parts = ["Redis", "PostgreSQL", "letters", "mail", "web", "watch"]
    for name in chance.sample(parts, len(parts)):
        with house.stack._held:
            house.stack.signal(name, signal.SIGSTOP)
            time.sleep(2 + chance.random() * 2)
            house.stack.signal(name, signal.SIGCONT)
    result.notes.append(f"{len(parts)} parts, 2 to 4 s each")


def silent_mail(house: House, chance: random.Random, result: Result) -> None:
    """The watch and the letters go on meanwhile: asserted, not only waited for."""
    mail = house.stack.mail
    mail.speaks.clear()
    try:
        time.sleep(2)
        before, began = last_end(SWEEP), time.monotonic()
        house.stack.wait(lambda: last_end(SWEEP) != before, 60, 0.3)
        swept = time.monotonic() - began
        time.sleep(max(0.0, 12 + chance.random() * 4 - swept))
    except TimeoutError:
        result.wrong.append("no sweep while the mail server was silent")
    finally:
        mail.speaks.set()
    result.notes.append(f"silent for {time.monotonic() - began + 2:.0f} s; swept meanwhile after {swept:.0f} s")


def full_disk(house: House, chance: random.Random, result: Result) -> None:
    left, before = house.disk.partials(), house.book.refused.get(507, 0)
    house.disk.fill()
    try:
        house.stack.wait(lambda: house.book.refused.get(507, 0) > before, 60)
        time.sleep(4 + chance.random() * 3)
    finally:
        house.disk.free()
    said, fresh = house.book.refused.get(507, 0) - before, house.disk.partials() - left
    result.notes.append(f"{house.disk.name}: {said} papers refused with 507, {max(fresh, 0)} partial files left")
    if fresh > 0:
        result.wrong.append(f"{fresh} partial files were left on the full disk")


def collisions(house: House, chance: random.Random, result: Result) -> None:
    """Three sweepers that look at every open clock, all the time, while people act on the same."""
    before = _deadlocks()
    seconds = 12.0
    command = [sys.executable, "-m", "ops.faults.sweeper", f"{seconds}"]
    running = [
        subprocess.Popen([*command, f"{house.seed}:{n}"], cwd=embedded.ROOT, env=house.stack.env, stdout=subprocess.PIPE, text=True) for n in range(3)
    ]
    told = [json.loads(one.communicate()[0].strip().splitlines()[-1]) for one in running]
    swept, failed = sum(t[0] for t in told), sum(t[1] for t in told)
    time.sleep(1.2)  # the server's own figures come once a second
    result.notes.append(f"{swept} sweeps beside the acts; {_deadlocks() - before} collisions ended by the database and tried again")
    if failed:
        result.wrong.append(f"{failed} sweeps failed")


def _deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
