"""Seals over the audit trail, made in the background, numbered and keyed, so that a shortened chain shows."""

from __future__ import annotations

import hashlib

from django.db import connection, transaction
from django.utils import timezone

from core import audit_keys
from core.models import AuditEntry, AuditSeal, SealCandidate
from core.retries import tried_again


def digest_of(after_id: int, until_id: int) -> tuple[int, str]:
    """How many entries have ids in (after_id, until_id], and the SHA-256 over their ids and hashes."""
    running, count = hashlib.sha256(), 0
    rows = AuditEntry.objects.filter(pk__gt=after_id, pk__lte=until_id).order_by("pk").values_list("pk", "hash")
    for pk, entry_hash in rows.iterator(chunk_size=5000):
        running.update(f"{pk}:{entry_hash};".encode())
        count += 1
    return count, running.hexdigest()


def mac_of(seal: AuditSeal) -> str:
    """What the seal's mac must be under its key. Raises KeyError where the key is not known here."""
    said = f"{seal.number}|{seal.after_id}|{seal.until_id}|{seal.count}|{seal.digest}|{seal.prev_mac}|{seal.at.timestamp():.6f}|{seal.key_id}"
    return audit_keys.mac(said, seal.key_id)


@tried_again
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
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
            " pg_snapshot_xmax(pg_current_snapshot())::text::bigint,"
            " (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM core_auditentry_id_seq)"
        )
        xmin, xmax, highest = cursor.fetchone()
        last = AuditSeal.objects.order_by("-number").first() or AuditSeal(number=0, until_id=0)
        candidate = SealCandidate.objects.first()
        made = None
        if candidate and candidate.xid <= xmin and candidate.until_id > last.until_id:
            made = _next_seal(last, candidate.until_id)
        if candidate is None or candidate.xid <= xmin:
            SealCandidate.objects.update_or_create(pk=1, defaults={"until_id": highest, "xid": xmax})
        return made


def _next_seal(last: AuditSeal, until_id: int) -> AuditSeal:
    count, digest = digest_of(last.until_id, until_id)
    seal = AuditSeal(
        number=last.number + 1, after_id=last.until_id, until_id=until_id, count=count, digest=digest,
        prev_mac=last.mac, at=timezone.now(), key_id=audit_keys.current_id(),
    )  # fmt: skip
    seal.mac = mac_of(seal)
    seal.save(force_insert=True)
    return seal
