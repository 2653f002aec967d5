"""Seals over the audit trail, made in the background and keyed, so that even a rewritten chain shows."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.models import AuditEntry, AuditSeal, SealCandidate


def _digest(after_id: int, until_id: int) -> tuple[int, str]:
    running, count = hashlib.sha256(), 0
    rows = AuditEntry.objects.filter(pk__gt=after_id, pk__lte=until_id).order_by("pk").values_list("pk", "hash")
    for pk, entry_hash in rows.iterator(chunk_size=5000):
        running.update(f"{pk}:{entry_hash};".encode())
        count += 1
    return count, running.hexdigest()


def _mac(seal: AuditSeal) -> str:
    said = f"{seal.after_id}|{seal.until_id}|{seal.count}|{seal.digest}|{seal.prev_mac}|{seal.at.timestamp():.6f}"
    return hmac.new(settings.AUDIT_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()


def seal_audit() -> AuditSeal | None:
    """Seal what is settled; returns the new seal or None.

    Ids are handed out before their transaction commits, so the end of a seal is chosen in one run (the highest id handed
    out, and the transaction horizon of that moment) and used in a later one, when every transaction of then has ended.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('audit-seal', 7))")
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint,"
            " (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_auditentry_id_seq)"
        )
        xmin, xmax, highest = cursor.fetchone()
        last = AuditSeal.objects.order_by("-until_id").first()
        after_id = last.until_id if last else 0
        candidate = SealCandidate.objects.first()
        made = None
        if candidate and candidate.xid <= xmin and candidate.until_id > after_id:
            count, digest = _digest(after_id, candidate.until_id)
            made = AuditSeal(
                after_id=after_id, until_id=candidate.until_id, count=count, digest=digest,
                prev_mac=last.mac if last else "", at=timezone.now(),
            )  # fmt: skip
            made.mac = _mac(made)
            made.save(force_insert=True)
        if candidate is None or candidate.xid <= xmin:
            SealCandidate.objects.update_or_create(pk=1, defaults={"until_id": highest, "xid": xmax})
        return made


def broken_seals() -> Iterator[str]:
    """A sentence for each seal that does not fit what it covers."""
    previous = AuditSeal(until_id=0, mac="")
    for seal in AuditSeal.objects.order_by("until_id"):
        if seal.mac != _mac(seal) or seal.prev_mac != previous.mac or seal.after_id != previous.until_id:
            yield f"seal {seal.pk} over entries {seal.after_id + 1}–{seal.until_id} is not genuine or not the next one"
        else:
            count, digest = _digest(seal.after_id, seal.until_id)
            if count != seal.count:
                kind = "missing" if count < seal.count else "inserted"
                yield f"{kind}: {abs(seal.count - count)} of entries {seal.after_id + 1}–{seal.until_id} (sealed {seal.count}, found {count})"
            elif digest != seal.digest:
                yield f"changed: some of entries {seal.after_id + 1}–{seal.until_id} differ from what was sealed"
        previous = seal
