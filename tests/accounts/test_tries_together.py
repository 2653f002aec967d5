"""Two who try the same name from the same place at the same moment: the one's right password never makes the other's try a fault."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from django.test import RequestFactory

from accounts.models import SignInTries
from accounts.sign_in_limits import begin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forgotten_meanwhile():
    """After each writing statement about the counts somebody else forgets them all, as a right password does, unless they are held."""
    given, seen = connection.settings_dict, []
    place = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"], "dbname": given["NAME"]}

    def wrapper(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if sql.startswith("INSERT") and "accounts_signintries" in sql:
            try:
                other.execute("DELETE FROM accounts_signintries")
                seen.append("forgotten")
            except psycopg.errors.LockNotAvailable:
                seen.append("held")
        return done

    with psycopg.connect(**place, autocommit=True, options="-c lock_timeout=200ms") as other, connection.execute_wrapper(wrapper):
        yield seen


def test_a_try_that_is_being_counted_is_not_forgotten_under_its_hands(forgotten_meanwhile):
    request = RequestFactory().post("/sign-in/")
    begin("somebody", request)
    begin("somebody", request)
    assert set(SignInTries.objects.values_list("tries", flat=True)) == {2}
    assert "held" in forgotten_meanwhile
