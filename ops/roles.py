"""The two database roles: the owner, in whose name migrations run, and the application, which only reads and writes rows.

`python -m ops.roles` makes both, and the database, on the server that ADMIN_DATABASE_URL names (as its superuser), from
OWNER_DATABASE_URL and DATABASE_URL; run again, it sets their passwords anew and gives what others own to the owner.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import SplitResult, unquote, urlsplit

import psycopg
from psycopg import sql

OWN_EVERYTHING = """
DO $$ DECLARE one record; BEGIN
FOR one IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relowner <> {owner}::regrole
LOOP EXECUTE format('ALTER TABLE %s OWNER TO %I', one.name, {owner}); END LOOP;
FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
    AND p.proowner <> {owner}::regrole
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
LOOP EXECUTE format('ALTER ROUTINE %s OWNER TO %I', one.name, {owner}); END LOOP;
END $$
"""


def _role(connection: psycopg.Connection, address: SplitResult, may: str) -> str:
    name, password = unquote(address.username or ""), unquote(address.password or "")
    if not name:
        raise RuntimeError("the address of a database must say which role")
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER ROLE {} " if known else "CREATE ROLE {} "
    rights = f"LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {may} PASSWORD {{}}"
    connection.execute(sql.SQL(verb + rights).format(sql.Identifier(name), sql.Literal(password)))
    return name


def make_roles(admin: str, owner: str, application: str, *, for_tests: bool = False) -> None:
    """Make the roles that the addresses `owner` and `application` name, and their database; `admin` is a superuser's address.

    For tests the owner may make databases of its own. Raises RuntimeError where both addresses name one role.
    """
    wanted, used = urlsplit(owner), urlsplit(application)
    if wanted.username == used.username:
        raise RuntimeError("the owner of the tables and the application need two different roles")
    with psycopg.connect(admin, autocommit=True) as connection:
        name = _role(connection, wanted, "CREATEDB" if for_tests else "NOCREATEDB")
        user = _role(connection, used, "NOCREATEDB")
        database = wanted.path.lstrip("/")
        made = sql.Identifier(database), sql.Identifier(name)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*made))
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*made))
        connection.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(name), sql.Identifier(user)))
    inside = urlsplit(admin)._replace(path=f"/{database}").geturl()
    with psycopg.connect(inside, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL(OWN_EVERYTHING).format(owner=sql.Literal(name)))


if __name__ == "__main__":
    try:
        make_roles(os.environ["ADMIN_DATABASE_URL"], os.environ["OWNER_DATABASE_URL"], os.environ["DATABASE_URL"])
    except (KeyError, RuntimeError, psycopg.Error) as error:
        sys.exit(f"roles: {type(error).__name__}: {error}")
