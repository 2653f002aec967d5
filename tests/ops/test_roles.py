"""The owner's and the application's role: made once, made again without harm, never one and the same."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import psycopg
import pytest

from ops.roles import make_roles

ADMIN = os.environ.get("ADMIN_DATABASE_URL", "")


@pytest.fixture
def addresses():
    if not ADMIN:
        pytest.skip("DATABASE_URL names a server of somebody's own: there is no superuser to make roles")
    place = f"{urlsplit(ADMIN).hostname}:{urlsplit(ADMIN).port}"
    yield f"postgresql://try_owner:one@{place}/try_roles", f"postgresql://try_app:two@{place}/try_roles"
    with psycopg.connect(ADMIN, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS try_roles WITH (FORCE)")
        admin.execute("DROP ROLE IF EXISTS try_owner")
        admin.execute("DROP ROLE IF EXISTS try_app")


def test_neither_role_is_a_superuser_and_only_the_owner_makes_tables(addresses):
    owner, application = addresses
    make_roles(ADMIN, owner, application)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE thing (id int)")
    with psycopg.connect(application, autocommit=True) as connection:
        for statement in ("CREATE TABLE mine (id int)", "DROP TABLE thing", "DELETE FROM thing"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        assert not connection.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()[0]


def test_run_again_it_takes_over_what_another_role_owned_and_sets_the_password_anew(addresses):
    owner, application = addresses
    make_roles(ADMIN, owner, application)
    inside = urlsplit(ADMIN)._replace(path="/try_roles").geturl()
    with psycopg.connect(inside, autocommit=True) as admin:
        admin.execute("CREATE TABLE old (id int)")
    make_roles(ADMIN, owner.replace(":one@", ":new@"), application)
    with psycopg.connect(owner.replace(":one@", ":new@"), autocommit=True) as connection:
        connection.execute("ALTER TABLE old ADD COLUMN more text")


def test_one_role_for_both_is_refused(addresses):
    owner, _application = addresses
    with pytest.raises(RuntimeError, match="two different roles"):
        make_roles(ADMIN, owner, owner)
