"""Taking a stored file away after its row: not before, and not while a backup copies. (Stored is it by core/filing.py.)"""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile

from core.retries import tried_again
from foundation.storing.connecting import FILES
from foundation.storing.models import DiscardedFile

AT_A_TIME = 500


def discard(file: FieldFile) -> None:
    """In the transaction that takes the row away: have its file removed soon, when no backup is copying."""
    if file.name:
        row = DiscardedFile.objects.create(name=file.name)
        transaction.on_commit(lambda: remove_discarded(row.pk), robust=True)


@tried_again
def remove_discarded(only: int | None = None) -> int:
    """Remove discarded files, one or a batch of all, unless a backup is copying; returns how many. What is left comes next time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock_shared({FILES})")
        if not cursor.fetchone()[0]:
            return 0
        waiting = DiscardedFile.objects.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        rows = list(waiting.filter(pk=only) if only else waiting[:AT_A_TIME])
        for row in rows:
            default_storage.delete(row.name)
        return DiscardedFile.objects.filter(pk__in=[row.pk for row in rows]).delete()[0]
