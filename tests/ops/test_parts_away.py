"""PostgreSQL and Redis really killed and really frozen under a real web server: what people and other systems are answered then."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

import pytest

from foundation.health.collecting import FRESH
from ops.faults.stack import Stack

pytestmark = pytest.mark.worker
PAGES = ("/", "/sign-in/", "/referrals/", "/api/v1/referrals/")


@pytest.fixture(scope="module")
def stack():
    # Not under pytest's own folder: the account that PostgreSQL runs as must be able to enter.
    made = Stack(Path(tempfile.mkdtemp(prefix="yisong-", dir="/tmp")), only=("web",)).start()
    try:
        made.known = made.python("ops.faults.seed", "2")
        made.run()
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.base, ignore_errors=True)


@pytest.fixture
def reads(stack):
    """What a signed-in clerk and a system are answered at each of the pages, and how long the slowest took."""

    def read():
        slowest, answers = 0.0, []
        for path in PAGES:
            began = time.monotonic()
            token = stack.known["tokens"][0] if path.startswith("/api/") else ""
            answers.append(stack.get(path, cookie=stack.known["cookie"], token=token))
            slowest = max(slowest, time.monotonic() - began)
        return answers, slowest

    read()
    return read


def sign(stack, number):
    """Sign one prepared letter through REST; the status, and the status of asking again with the same key."""
    pk, version = stack.known["referrals"][number]
    return stack.call(
        "POST", f"/api/v1/referrals/{pk}/sign/", body={}, token=stack.known["signer"], Idempotency_Key=f"k{pk}", If_Match=f'"{version}"'
    )


def test_without_redis_people_sign_in_read_and_sign(stack, reads):
    with stack._held:
        stack.signal("Redis", signal.SIGKILL)
        answers, _slowest = reads()
        status, said = sign(stack, 0)
        signed_in = stack.known["sign_in"]
        form = stack.get("/sign-in/")[0]
    assert [a[0] for a in answers] == [200] * 4
    assert (status, form) == (200, 200), said
    assert signed_in


def test_a_frozen_redis_costs_the_first_request_a_second_and_the_next_nothing(stack, reads):
    stack.wait(lambda: stack.house.parts["Redis"].service.process.poll() is None, 20)
    time.sleep(6)
    stack.signal("Redis", signal.SIGSTOP)
    try:
        answers, _slowest = reads()
        status, said = sign(stack, 1)
    finally:
        stack.signal("Redis", signal.SIGCONT)
    assert [a[0] for a in answers] == [200] * 4
    assert status == 200, said


def test_while_the_database_is_away_everything_says_so_and_when_to_ask_again(stack, reads):
    with stack._held:
        stack.signal("PostgreSQL", signal.SIGKILL)
        answers, _slowest = reads()
        health = stack.get("/health/web/")
    assert {a[0] for a in answers[:1] + answers[2:]} == {503}
    assert "连不上数据库" in answers[0][1]
    assert "不会丢失" in answers[0][1]
    assert "database-away" in answers[3][1]
    assert health[0] == 503


def test_after_it_is_back_nobody_is_answered_an_error_of_ours(stack, reads):
    stack.wait(lambda: stack.house.parts["PostgreSQL"].service.process.poll() is None, 60)
    seen = set()

    def well():
        seen.update(a[0] for a in reads()[0])
        return stack.get("/", cookie=stack.known["cookie"])[0] == 200

    stack.wait(well, 20)
    assert seen <= {200, 503}
    for _ in range(5):
        assert {a[0] for a in reads()[0]} == {200}


def test_a_restart_between_two_requests_costs_none_of_them(stack, reads):
    stack.down("PostgreSQL", 0.5)
    stack.wait(lambda: stack.get("/health/web/")[0] == 200, 60)
    for _ in range(5):
        assert {a[0] for a in reads()[0]} == {200}


@contextlib.contextmanager
def frozen(stack, name):
    """The part and every process of it stands still: its connections are open and nobody answers on them."""
    top = stack.house.parts[name].service.process.pid
    children = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and parent_of(p) == top]
    try:
        for pid in (top, *children):
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in (*children, top):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def parent_of(place):
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


# Longer than health takes at the most; an answer that does not come until then has status 0.
IN_TIME = 8


@pytest.mark.parametrize("part", ["PostgreSQL", "Redis"])
def test_health_answers_in_time_and_truly_while_a_part_is_frozen(stack, part):
    stack.wait(lambda: stack.get("/health/ready/")[0] == 200, 60)
    with stack._held, frozen(stack, part):
        time.sleep(2 * FRESH)
        answers = {path: stack.get(path, timeout=IN_TIME)[0] for path in ("/health/live/", "/health/ready/", "/health/", "/health/watch/")}
        again = stack.get("/health/", timeout=IN_TIME)[0]
        shown = stack.get("/metrics", token=stack.env["HEALTH_TOKEN"], timeout=IN_TIME)
    assert answers["/health/live/"] == 200
    assert answers["/health/ready/"] == (503 if part == "PostgreSQL" else 200)
    assert answers["/health/"] == again == 503
    assert f"yisong_{'database_answers' if part == 'PostgreSQL' else 'redis_answers'} 0.0" in shown[1]
    stack.wait(lambda: stack.get("/health/ready/")[0] == 200, 60)


def test_after_all_that_no_log_of_any_part_holds_a_word_of_a_case_or_of_a_person(stack):
    stack.get("/referrals/?q=%E5%BC%A0%E4%B8%89%E4%B8%B0", cookie=stack.known["cookie"])
    stack.get("/nowhere/370402199001011234/")
    texts = {path.name: path.read_text(errors="replace") for path in stack.base.rglob("*.log")}
    assert {"web.log", "postgres.log", "redis.log"} <= set(texts)
    for name, text in texts.items():
        for secret in ("370402199001011234", "91370403MA4C", stack.known["sign_in"]):
            assert secret not in text, (name, secret)
        assert not re.findall("[一-鿿]+", text), name
    assert re.search(r"yisong.access answered request=[0-9a-f]{32} view=referrals user=\d+ method=GET status=200 ms=\d+", texts["web.log"])
