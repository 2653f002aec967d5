"""A session lies in the database, needs no cache, and ends: after an hour unused, after a working day, and when it is told to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foundation.sessions.models import Session, end_sessions_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(xuecheng):
    return xuecheng.user("区住建局")


@pytest.fixture
def browser(person):
    client = Client()
    client.force_login(person)
    return client


def signed_in(client):
    return client.get(reverse("workbench")).status_code == 200


def test_session_and_person_are_one_query(browser, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as asked:
        assert signed_in(browser)
    read = [q["sql"] for q in asked.captured_queries if q["sql"].startswith("SELECT")]
    about = [sql for sql in read if "signed_in_session" in sql or 'FROM "accounts_user"' in sql]
    assert len(about) == 1


def test_an_hour_unused_ends_it(browser, settings):
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(seconds=settings.SESSION_IDLE_SECONDS - 60))
    assert signed_in(browser)
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1))
    assert not signed_in(browser)


def test_use_keeps_it_and_a_working_day_ends_it_all_the_same(browser, settings):
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=30))
    assert signed_in(browser)
    assert timezone.now() - Session.objects.get().seen_at < dt.timedelta(minutes=1)
    Session.objects.update(began_at=timezone.now() - dt.timedelta(seconds=settings.SESSION_COOKIE_AGE + 1))
    assert not signed_in(browser)


def test_saving_in_a_session_does_not_make_it_younger(browser):
    began = timezone.now() - dt.timedelta(hours=5)
    Session.objects.update(began_at=began)
    browser.post(reverse("set-language"), {"language": "en"})
    assert Session.objects.get().began_at == began


def test_all_of_a_persons_sessions_end_at_once(browser, person):
    elsewhere = Client()
    elsewhere.force_login(person)
    assert end_sessions_of(person.pk) == 2
    assert not signed_in(browser)
    assert not signed_in(elsewhere)


def test_a_new_password_or_a_deactivated_person_ends_it(browser, person):
    person.set_password("quite-another-password")
    person.save()
    assert not signed_in(browser)
    again = Client()
    again.force_login(person)
    person.is_active = False
    person.save()
    assert not signed_in(again)


def test_signing_in_pages_and_rest_go_on_without_a_cache(person, monkeypatch):
    from redis.exceptions import ConnectionError as Refused

    def away(*_args, **_kwargs):
        raise Refused

    for name in ("get_client",):
        monkeypatch.setattr(cache._cache, name, away)
    monkeypatch.setattr(type(cache._connections[cache._alias]), "_away_until", 0.0)
    client = Client()
    answer = client.post(reverse("sign-in"), {"username": person.username, "password": "correct-horse-battery"})
    assert answer.status_code == 302
    assert signed_in(client)
    assert client.get("/api/v1/referrals/").status_code == 200
