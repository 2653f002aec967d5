"""What the tests of the trail share: verify it, and rewrite it as only the owner of the tables could."""

from __future__ import annotations

import io
import time

from django.core.management import call_command
from django.db import connection, transaction

from accounts.actors import system_actor
from core import audit
from core.anchors import anchor_audit
from core.seals import seal_audit
from tests.conftest import NOT_TRUNCATED

BY = system_actor("test")


def verify(*arguments):
    """The exit code and what was printed."""
    out = io.StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out)
    except SystemExit as done:
        return done.code, out.getvalue()
    return 0, out.getvalue()


def tampered(sql, *values):
    """Run `sql` with every trigger of the trail switched off, as only the owner of the tables can."""
    with connection.cursor() as cursor:
        for table in NOT_TRUNCATED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        for table, trigger in NOT_TRUNCATED.items():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def written(subject, steps=2):
    with transaction.atomic():
        return [audit.record("thing", subject, f"thing.step{n}", by=BY) for n in range(steps)]


def sealed(seconds=60):
    """The next seal; it waits for every transaction open on the server, those of another process's tests too."""
    seal_audit()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seal = seal_audit()
        if seal is not None:
            return seal
        time.sleep(0.05)
    raise AssertionError("nothing was sealed")


def sealed_and_anchored(subject):
    """Write some entries and let the background seal and anchor them."""
    written(subject)
    sealed()
    return anchor_audit()
