"""What the application's own database role may do: read and write rows, but never change or empty the trail, nor the tables.

The tables belong to another role, the owner, in whose name migrations run. Without ownership nobody can alter a table, drop it,
or switch a trigger off; without the grant nobody can update, delete or truncate.
"""

from __future__ import annotations

from django.db import connection

APPEND_ONLY = ("core_auditentry", "core_auditseal", "core_auditanchor")
# The applied migrations are the owner's business.
OWNERS_ONLY = ("django_migrations",)


def grant_application(role: str) -> None:
    """As the owner: give `role` its rights on every table and sequence there is now; repeat after each migration.

    Raises ValueError where the role could get round them: the owner itself or a superuser.
    """
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolcreaterole OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found is None or found[0]:
            raise ValueError(f"{role} is not there, is a superuser, may make roles, or may act as the owner of the tables")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE UPDATE, DELETE ON {', '.join(APPEND_ONLY)} FROM {quoted}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(OWNERS_ONLY)} FROM {quoted}")


def unguarded() -> list[str]:
    """Why the role of this connection could rewrite the trail; empty when it cannot."""
    reasons = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            reasons.append("the application's database role is a superuser")
        for table in APPEND_ONLY:
            cursor.execute(
                "SELECT pg_has_role(relowner, 'MEMBER'), has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')"
                " FROM pg_class WHERE oid = %s::regclass", [table],
            )  # fmt: skip
            owns, changes = cursor.fetchone()
            if owns:
                reasons.append(f"the application's database role owns {table}")
            elif changes:
                reasons.append(f"the application's database role may change or empty {table}")
    return reasons
