"""The application's own database role can add to the trail, and can neither alter, empty, change nor delete it."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.rights import APPEND_ONLY, grant_application, unguarded
from tests.conftest import NOT_TRUNCATED
from tests.core.trail import written

ROLE = "yisong_app"


@pytest.fixture
def address():
    """The application's address of the test database; its role has the rights that `grant_rights` gives."""
    given = os.environ.get("APPLICATION_DATABASE_URL")
    if not given:
        pytest.skip("DATABASE_URL names a server of somebody's own: APPLICATION_DATABASE_URL was not given")
    return given.rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]


@pytest.fixture
def granted(transactional_db, address):
    written(1)
    with connection.cursor() as cursor:
        for table, trigger in NOT_TRUNCATED.items():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    call_command("grant_rights", to=ROLE)
    yield address
    with connection.cursor() as cursor:
        for table, trigger in NOT_TRUNCATED.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


REFUSED = [
    "UPDATE {} SET id = id",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} ADD COLUMN more text",
    "ALTER TABLE {} OWNER TO CURRENT_USER",
    "DROP TABLE {}",
    "CREATE TRIGGER mine BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", REFUSED)
def test_the_applications_role_is_refused(granted, table, statement):
    with psycopg.connect(granted, autocommit=True) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement.format(table))


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_applications_role_cannot_give_itself_the_right(granted, table):
    """PostgreSQL only warns of a grant that its giver has not; it must have changed nothing."""
    with psycopg.connect(granted, autocommit=True) as application:
        application.execute(f"GRANT ALL ON {table} TO CURRENT_USER")
        rights = "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
        assert application.execute(rights, [table]).fetchone() == (False,)


ROUNDABOUT = [
    "SET session_replication_role = replica",
    "SET ROLE yisong_owner",
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "DROP FUNCTION audit_is_append_only() CASCADE",
    "CREATE TABLE public.mine (id int)",
    "DELETE FROM django_migrations",
    "ALTER ROLE yisong_app SUPERUSER",
]


@pytest.mark.parametrize("statement", ROUNDABOUT)
def test_the_applications_role_finds_no_way_round(granted, statement):
    with psycopg.connect(granted, autocommit=True) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(statement)


def test_the_applications_role_adds_to_the_trail_and_reads_it(granted):
    with psycopg.connect(granted, autocommit=True) as application:
        application.execute(
            "INSERT INTO core_auditentry (subject_kind, subject_id, seq, verb, at, actor_name, agency_name, post, detail, prev_hash, hash)"
            " VALUES ('thing', '2', 1, 'thing.step', now(), 'test', '', '', '{}', '', 'x')"
        )
        assert application.execute("SELECT COUNT(*) FROM core_auditentry").fetchone()[0] >= 3


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_even_the_owner_is_refused_by_the_triggers(granted, table, statement):
    if table != "core_auditentry" and "TRUNCATE" not in statement:
        with connection.cursor() as cursor:
            columns = "(number, seal_number, until_id, entries, line_digest, at) VALUES (1, 1, 1, 1, 'x', now())"
            if table == "core_auditseal":
                columns = "(number, after_id, until_id, count, digest, prev_mac, mac, key_id, at) VALUES (1, 0, 1, 1, '', '', '', '', now())"
            cursor.execute(f"INSERT INTO {table} {columns}")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_rights_are_not_given_to_the_owner_itself(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
    with pytest.raises(ValueError, match="owner"):
        grant_application(owner)
    with pytest.raises(CommandError, match="owner"):
        call_command("grant_rights", to=owner)


def test_a_process_that_runs_as_the_owner_is_named(db):
    assert any("owns core_auditentry" in reason for reason in unguarded())
    with pytest.raises(CommandError, match="owns core_auditentry"):
        call_command("check_rights")
