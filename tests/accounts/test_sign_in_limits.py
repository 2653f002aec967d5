"""Wrong passwords slow whoever sends them, and lock out nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sign_in_limits as limits
from accounts.models import KnownAddress, SignInTries
from accounts.tidying import tidy_sign_ins
from core.models import AuditEntry
from tests.conftest import PASSWORD

HOME, STRANGE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def person(xuecheng):
    return xuecheng.user("区住建局")


@pytest.fixture
def later(monkeypatch):
    """Let time pass: later(seconds=…)."""
    real, passed = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + passed[0])

    def pass_by(**much):
        passed[0] += timedelta(**much)

    return pass_by


def attempt(client, name, word="wrong", address=STRANGE):
    return client.post("/sign-in/", {"username": getattr(name, "username", name), "password": word}, REMOTE_ADDR=address)


def known_browser(person, address=HOME):
    browser = Client()
    assert attempt(browser, person, PASSWORD, address).status_code == 302
    browser.post("/sign-out/")
    return browser


def test_five_wrong_ones_make_the_sixth_wait_longer_and_longer(person, client, later):
    assert [attempt(client, person).status_code for _try in range(6)] == [400] * 5 + [429]
    waits = []
    for _try in range(4):
        answer = attempt(client, person)
        assert answer.status_code == 429
        waits.append(int(answer["Retry-After"]))
        later(seconds=waits[-1] + 1)
        assert attempt(client, person).status_code == 400
    assert waits == [15, 30, 60, 120]
    answer = attempt(client, person, PASSWORD)
    assert answer.status_code == 429
    assert "4 分钟" in answer.content.decode()
    assert f'value="{person.username}"' in answer.content.decode()
    assert limits.wait_after(500, limits.PAIR) == 900


def test_trying_while_waiting_makes_nothing_longer(person, client, later):
    for _try in range(5):
        attempt(client, person)
    for _try in range(50):
        assert attempt(client, person).status_code == 429
    later(seconds=16)
    assert attempt(client, person, PASSWORD).status_code == 302


def test_strangers_lock_nobody_out_of_a_known_address_or_browser(person, later):
    browser = known_browser(person)
    for number in range(60):
        attempt(Client(), person, address=f"203.0.113.{number}")
    assert attempt(Client(), person, PASSWORD, "192.0.2.1").status_code == 429
    assert attempt(Client(), person, PASSWORD, HOME).status_code == 302
    assert attempt(browser, person, PASSWORD, "192.0.2.2").status_code == 302


def test_a_colleague_behind_the_same_address_locks_out_no_known_browser(person):
    browser = known_browser(person)
    for _try in range(30):
        attempt(Client(), person, address=HOME)
    assert attempt(Client(), person, PASSWORD, HOME).status_code == 429
    assert attempt(browser, person, PASSWORD, HOME).status_code == 302


def test_a_known_browser_is_no_way_to_guess(person, xuecheng):
    browser = known_browser(person)
    assert [attempt(browser, person).status_code for _try in range(6)] == [400] * 5 + [429]
    other = xuecheng.user("区民政局")
    elsewhere = known_browser(other)
    for _try in range(20):
        attempt(Client(), person)
    assert attempt(elsewhere, person, PASSWORD).status_code == 429
    forged = Client()
    forged.cookies["known"] = browser.cookies["known"].value[:-2] + "xx"
    assert attempt(forged, person, PASSWORD).status_code == 429


def test_one_address_that_tries_many_names_is_slowed(person, client, later):
    answers = [attempt(client, f"name-{number}").status_code for number in range(31)]
    assert answers == [400] * 30 + [429]
    assert attempt(client, person, PASSWORD).status_code == 429
    assert attempt(Client(), person, PASSWORD, "192.0.2.1").status_code == 302


def test_ipv6_neighbours_are_one_address(person):
    for number in range(5):
        attempt(Client(), person, address=f"2001:db8::{number}")
    assert attempt(Client(), person, address="2001:db8::ffff").status_code == 429


def test_behind_a_proxy_each_caller_counts_for_itself(person, settings):
    def behind(told, word="wrong"):
        form = {"username": person.username, "password": word}
        return Client().post("/sign-in/", form, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=told).status_code

    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    assert [behind(f"192.0.2.{n}, {STRANGE}") for n in range(6)] == [400] * 5 + [429]
    assert behind(HOME, PASSWORD) == 302


def test_a_right_password_is_not_counted_as_a_try(person, client):
    for _day in range(40):
        assert attempt(client, person, PASSWORD).status_code == 302
        client.post("/sign-out/")
        client.cookies.clear()
    assert not SignInTries.objects.filter(tries__gt=0).exists()


def test_a_name_that_nobody_has_is_treated_as_one_that_somebody_has(person, client):
    theirs = [(a.status_code, a.get("Retry-After")) for a in (attempt(Client(), person) for _try in range(7))]
    nobodys = [(a.status_code, a.get("Retry-After")) for a in (attempt(Client(), "nobody", address=HOME) for _try in range(7))]
    assert theirs == nobodys


def test_unknown_names_fill_no_chain_and_are_kept_nowhere(db, client, later):
    for number in range(100):
        attempt(client, f"secret-name-{number}", address=f"203.0.113.{number}")
    entries = AuditEntry.objects.filter(subject_kind="sign_in", subject_id="unknown")
    assert entries.count() == 1
    later(minutes=11)
    attempt(client, "secret-name")
    later(minutes=11)
    assert [e.detail["tries"] for e in entries.order_by("seq")] == [1, 100]
    assert "secret-name" not in str(list(SignInTries.objects.values())) + str([e.__dict__ for e in entries])


def test_the_last_unknown_names_are_told_by_the_tidying(db, client, later):
    for _try in range(4):
        attempt(client, "nobody")
    later(hours=1)
    tidy_sign_ins(timezone.now())
    assert [e.detail["tries"] for e in AuditEntry.objects.filter(verb="sign_in.refused").order_by("seq")] == [1, 3]


def test_waiting_callers_write_nothing_in_the_trail_of_the_person(person, client):
    for _try in range(40):
        attempt(client, person)
    verbs = list(AuditEntry.objects.filter(subject_kind="user", subject_id=str(person.pk)).order_by("seq").values_list("verb", flat=True))
    assert verbs[-6:] == ["user.sign_in_refused"] * 5 + ["user.locked_out"]


def test_what_was_tried_and_from_where_is_forgotten_in_time(person, client, later):
    known_browser(person)
    attempt(client, person)
    assert SignInTries.objects.exists()
    assert KnownAddress.objects.count() == 1
    assert HOME not in str(list(KnownAddress.objects.values()))
    later(days=1, seconds=1)
    tidy_sign_ins(timezone.now())
    assert not SignInTries.objects.exists()
    assert KnownAddress.objects.exists()
    later(days=90)
    tidy_sign_ins(timezone.now())
    assert not KnownAddress.objects.exists()
