"""Argon2 takes no web thread: a few hashes at once, a short queue, and everybody else is told to come again."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.test import Client

from accounts import hashing
from core.errors import Busy
from tests.conftest import PASSWORD

HASHERS = ["accounts.hashing.BoundedArgon2"]


@pytest.fixture
def argon2(settings, monkeypatch):
    settings.PASSWORD_HASHERS, settings.HASHES_AT_ONCE, settings.HASHES_WAITING = HASHERS, 1, 2
    monkeypatch.setattr(hashing, "_bench", None)


@contextmanager
def every_seat_taken():
    """Every seat of the hashing threads is taken for as long as this lasts."""
    let_go, began = threading.Event(), threading.Semaphore(0)
    for _seat in range(3):
        threading.Thread(target=hashing.beside_the_pages, args=[lambda: (began.release(), let_go.wait(20))]).start()
    began.acquire()
    while hashing._bench.seats._value:
        time.sleep(0.01)
    yield
    let_go.set()
    while hashing._bench.seats._value < 3:
        time.sleep(0.01)


@pytest.fixture
def taken(argon2):
    with every_seat_taken():
        yield


def test_a_password_is_hashed_and_verified_as_before(argon2):
    kept = make_password(PASSWORD)
    assert kept.startswith("argon2$argon2id$")
    assert check_password(PASSWORD, kept)
    assert not check_password("wrong", kept)
    before = Argon2PasswordHasher().encode(PASSWORD, "saltsalt")
    assert check_password(PASSWORD, before)


def test_a_hash_is_one_thread(argon2):
    assert hashing.BoundedArgon2().params().parallelism == 1


def test_never_more_than_so_many_at_once_and_none_is_lost(argon2, settings):
    settings.HASHES_AT_ONCE, settings.HASHES_WAITING = 2, 62
    running, most, lock, done = [0], [0], threading.Lock(), []

    def work():
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.005)
        with lock:
            running[0] -= 1

    threads = [threading.Thread(target=lambda: done.append(hashing.beside_the_pages(work))) for _n in range(64)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most[0] == 2
    assert len(done) == 64


def test_whoever_comes_on_top_is_told_at_once_and_seats_come_back(argon2, taken):
    with pytest.raises(Busy) as told:
        check_password(PASSWORD, "argon2$argon2id$v=19$m=102400,t=2,p=1$c2FsdHNhbHQ$MDAwMDAwMDAwMDAwMDAwMDAwMDAwMA")
    assert told.value.wait > 0


@pytest.mark.django_db
def test_the_page_says_come_again_keeps_the_name_and_counts_no_try(xuecheng, taken):
    for name in (xuecheng.user("区住建局").username, "nobody"):
        for _try in range(8):
            answer = Client().post("/sign-in/", {"username": name, "password": "wrong"})
            assert answer.status_code == 429
            assert int(answer["Retry-After"]) <= 5
            assert f'value="{name}"' in answer.content.decode()
            assert "登录的人很多" in answer.content.decode()


@pytest.mark.django_db
def test_other_pages_answer_meanwhile(xuecheng, taken):
    client = Client()
    client.force_login(xuecheng.user("区住建局"))
    assert client.get("/").status_code == 200
    assert client.get("/health/web/").status_code == 200


@pytest.mark.django_db
def test_a_new_password_and_a_clients_secret_wait_in_the_same_queue(xuecheng, taken):
    client = Client()
    client.force_login(xuecheng.user("区住建局"))
    sent = {"old_password": PASSWORD, "new_password1": "a-much-better-one-9", "new_password2": "a-much-better-one-9"}
    answer = client.post("/password/", sent)
    assert answer.status_code == 429
    assert answer["Retry-After"]


@pytest.mark.django_db
def test_a_flood_of_tokens_is_told_to_slow_down_and_nothing_is_refused_for_it(xuecheng, argon2):
    from tests.systems.conftest import caller

    system = caller(xuecheng, "区住建局")
    with every_seat_taken():
        answer = system.fetch_token()
    assert (answer.status_code, answer.json()["error"]) == (429, "slow_down")
    assert answer["Retry-After"]
    assert system.fetch_token().status_code == 200


def test_a_name_that_nobody_has_costs_the_same_work(db, argon2, monkeypatch, client):
    hashed = []
    monkeypatch.setattr(hashing, "beside_the_pages", lambda work: hashed.append(work) or work())
    client.post("/sign-in/", {"username": "nobody", "password": "wrong"})
    assert len(hashed) == 1


def test_production_hashes_so_that_a_thread_is_left_for_pages():
    from config.settings import base

    assert base.PASSWORD_HASHERS[0] == HASHERS[0]
    assert base.HASHES_AT_ONCE + base.HASHES_WAITING < 4
