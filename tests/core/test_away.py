"""A connection that is lost is told from a fault of ours; nothing is said to be unchanged that may have been committed."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client, RequestFactory

from config.away_page import database_away
from config.faults import server_error
from core.away import is_away, nothing_changed
from foundation.typed.owners import Owner, mark_of

LOST = [
    psycopg.OperationalError("connection refused"), psycopg.errors.AdminShutdown(), psycopg.errors.CrashShutdown(),
    psycopg.errors.CannotConnectNow(), psycopg.errors.TooManyConnections(), psycopg.errors.ConnectionFailure(),
]  # fmt: skip
OURS = [
    ValueError("x"), psycopg.errors.UndefinedTable(), psycopg.errors.UniqueViolation(), psycopg.errors.DeadlockDetected(),
    psycopg.errors.QueryCanceled(), psycopg.errors.LockNotAvailable(), psycopg.errors.InsufficientPrivilege(),
    psycopg.InterfaceError("the cursor is closed"),
]  # fmt: skip


def of(error):
    """As Django raises it: its own error, from the driver's."""
    try:
        raise OperationalError("x") from error
    except OperationalError as raised:
        return raised


def answered(error, request):
    """What the handler of unforeseen errors answers to `error`."""
    try:
        raise error
    except type(error):
        return server_error(request)


def untouched(request):
    request.may_stand_before = connection.may_stand
    return request


@pytest.mark.parametrize("error", LOST, ids=lambda e: type(e).__name__)
def test_a_lost_or_refused_connection_is_503_for_everybody(error):
    assert is_away(of(error))
    for path in ("/", "/api/v1/referrals/", "/health/web/"):
        answer = answered(of(error), RequestFactory().get(path))
        assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "2", "no-store")


@pytest.mark.parametrize("error", [*OURS, OperationalError("x")], ids=lambda e: type(e).__name__)
def test_every_other_fault_is_a_500_with_a_number(error):
    assert not is_away(error)
    assert not is_away(of(error)) or isinstance(error, OperationalError)
    page = answered(of(error), RequestFactory().get("/"))
    door = answered(of(error), RequestFactory().get("/api/v1/referrals/"))
    assert (page.status_code, door.status_code) == (500, 500)
    assert "数据库" not in page.content.decode() + door.content.decode()
    assert "编号" in page.content.decode()
    assert "编号" in json.loads(door.content)["detail"]


def test_a_full_disk_of_the_database_is_507_and_not_said_to_be_undone_where_that_is_open():
    error = of(psycopg.errors.DiskFull())
    assert not is_away(error)
    for path in ("/referrals/1/act/sign/", "/api/v1/referrals/1/sign/"):
        open_, undone = answered(error, RequestFactory().post(path)), answered(error, untouched(RequestFactory().post(path)))
        assert (open_.status_code, undone.status_code) == (507, 507)
        assert "没有办成" not in open_.content.decode()
        assert "核对" in open_.content.decode()
        assert "存储空间已满，没有办成" in undone.content.decode()


def test_a_page_that_was_only_read_asks_again_by_itself_in_its_language():
    request = RequestFactory().get("/")
    request.COOKIES["language"] = "en"
    said = database_away(request).content.decode()
    assert '<meta http-equiv="refresh" content="2">' in said
    assert "database cannot be reached" in said


def test_what_was_typed_stays_in_the_page_and_what_is_secret_does_not():
    sent = {"facts": '甲"乙\n丙', "party_code": "91370403", "password": "geheim-1", "typed_by": mark_of(Owner(1, 1))}
    said = database_away(RequestFactory().post("/referrals/new/", sent)).content.decode()
    assert 'value="甲&quot;乙\n丙"' in said
    assert 'name="party_code" value="91370403"' in said
    assert 'name="csrfmiddlewaretoken"' in said, "it can be sent again from here"
    assert "geheim-1" not in said
    assert 'http-equiv="refresh"' not in said, "nothing is sent twice by itself"


@pytest.mark.parametrize("answer", [database_away, server_error])
@pytest.mark.parametrize("path", ["/referrals/1/act/sign/", "/api/v1/referrals/1/sign/"])
def test_what_may_stand_is_not_said_to_be_undone(answer, path):
    said = answer(RequestFactory().post(path)).content.decode()
    assert "未作任何改动" not in said
    assert "核对" in said


@pytest.mark.parametrize("path", ["/referrals/1/act/sign/", "/api/v1/referrals/1/sign/"])
def test_what_was_never_sent_to_the_database_is_said_to_be_undone(path):
    assert "未作任何改动" in database_away(untouched(RequestFactory().post(path))).content.decode()


@pytest.mark.django_db(transaction=True)
class TestWhatMayStand:
    """On the real server, whose connection is ended under the transaction."""

    def end_connection(self):
        place = connection.settings_dict
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with psycopg.connect(
            host=place["HOST"], port=place["PORT"], user=place["USER"], password=place["PASSWORD"], dbname=place["NAME"], autocommit=True
        ) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    def write(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS kept (n int) ON COMMIT DROP")

    @pytest.fixture
    def request_(self):
        yield untouched(RequestFactory().post("/"))
        connection.close()

    def a_transaction(self, *steps):
        with transaction.atomic():
            for step in steps:
                step()

    def doubled(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            cursor.execute("INSERT INTO once VALUES (1), (1)")

    def test_lost_before_the_commit_nothing_stands(self, request_):
        with pytest.raises(OperationalError) as raised:
            self.a_transaction(self.write, self.end_connection, self.write)
        assert is_away(raised.value)
        assert nothing_changed(request_)

    def test_lost_at_the_commit_it_is_unknown(self, request_):
        with pytest.raises(OperationalError) as raised:
            self.a_transaction(self.write, self.end_connection)
        assert is_away(raised.value)
        assert not nothing_changed(request_)

    def test_refused_at_the_commit_nothing_stands(self, request_):
        with pytest.raises(IntegrityError):
            self.a_transaction(self.doubled)
        assert nothing_changed(request_)

    def test_a_statement_by_itself_counts_and_a_reading_one_does_not(self, request_):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert nothing_changed(request_)
            cursor.execute("CREATE TEMPORARY TABLE alone (n int)")
        assert not nothing_changed(request_)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE alone")


@pytest.mark.django_db
def test_every_request_is_counted_from_its_beginning(client: Client):
    request = client.get("/sign-in/").wsgi_request
    assert nothing_changed(request)
