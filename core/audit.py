"""The audit trail: one keyed hash chain per subject, so that writers of different subjects never wait for each other.

Seals (core/seals.py) cover what a chain by itself cannot show: a chain cut off at its end, or gone whole. Anchors outside the
database (core/anchors.py) show missing seals. core/verifying.py compares all three.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from core import audit_keys, log_context
from core.bulk import insert_columns
from core.models import AuditEntry

if TYPE_CHECKING:
    from accounts.actors import Actor


def hash_of(entry: AuditEntry) -> str:
    """HMAC-SHA-256, under the entry's own key, of everything it says, its place and the entry before it.

    Raises KeyError where the key is not known here.
    """
    said = [
        entry.subject_kind, entry.subject_id, entry.seq, entry.verb,
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"), entry.actor_name, entry.actor_user_id,
        entry.agency_id, entry.agency_name, entry.post, entry.detail, entry.prev_hash,
    ]  # fmt: skip
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return audit_keys.mac(text, entry.key_id)


def record(subject_kind: str, subject_id: object, verb: str, *, by: Actor, at: dt.datetime | None = None, **detail: Any) -> AuditEntry:
    """Append what `by` did to a subject. `detail` must be plain JSON and must not hold personal data of a party.

    Inside the caller's transaction: if the act is rolled back, so is its entry.
    """
    place = str(subject_id)
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs inside the transaction of what it records")
    with connection.cursor() as cursor:
        # Two statements in one round trip: the second takes its snapshot after the lock on this subject's chain was granted.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7));"
            "SELECT seq, hash FROM core_auditentry WHERE subject_kind = %s AND subject_id = %s ORDER BY seq DESC LIMIT 1",
            [f"{subject_kind}:{place}", subject_kind, place],
        )
        cursor.nextset()
        last = cursor.fetchone() or (0, "")
    entry = AuditEntry(
        subject_kind=subject_kind, subject_id=place, seq=last[0] + 1, verb=verb, at=at or timezone.now(),
        actor_name=by.name[:100], actor_user_id=by.user_id, agency_id=by.agency_id, agency_name=by.agency_name[:100],
        post=by.post, detail=detail, prev_hash=last[1], key_id=audit_keys.current_id(),
    )  # fmt: skip
    entry.hash = hash_of(entry)
    entry.save(force_insert=True)
    log_context.acted(entry.pk)
    return entry


def record_first(subject_kind: str, subjects: list[tuple[object, dict[str, Any]]], verb: str, *, by: Actor, at: dt.datetime) -> None:
    """Append the first entry of many subjects (id, detail) that this very transaction made: one query, nobody else can know them yet."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit entry belongs inside the transaction of what it records")
    entry = AuditEntry(
        subject_kind=subject_kind, seq=1, verb=verb, at=at, actor_name=by.name[:100], actor_user_id=by.user_id, agency_id=by.agency_id,
        agency_name=by.agency_name[:100], post=by.post, prev_hash="", key_id=audit_keys.current_id(),
    )  # fmt: skip
    hashes = []
    for identity, detail in subjects:
        entry.subject_id, entry.detail = str(identity), detail
        hashes.append(hash_of(entry))
    same = (
        "subject_kind", "seq", "verb", "at", "actor_name", "actor_user_id", "agency_id", "agency_name", "post", "prev_hash", "key_id",
    )  # fmt: skip
    columns: dict[str, Any] = {name: getattr(entry, name) for name in same}
    columns |= {"subject_id": [str(i) for i, _d in subjects], "detail": [d for _i, d in subjects], "hash": hashes}
    numbers: list[int] = []
    insert_columns(AuditEntry, columns, ids=numbers)
    if numbers:
        log_context.acted(numbers[-1])


def timeline(subjects: list[tuple[str, object]]) -> list[AuditEntry]:
    """Everything that happened to these subjects, oldest first: one query."""
    from django.db.models import Q

    wanted = Q()
    for kind, identity in subjects:
        wanted |= Q(subject_kind=kind, subject_id=str(identity))
    return list(AuditEntry.objects.filter(wanted).order_by("id")) if subjects else []
