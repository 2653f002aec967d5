"""The transactional outbox: an event stands or falls with the act that it tells of."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from core.bulk import insert_columns
from core.models import OutboxEvent

if TYPE_CHECKING:
    from accounts.actors import Actor


def event_of(thing: Any, verb: str, *, by: Actor, at: dt.datetime | None = None) -> OutboxEvent:
    """The event that `by` did `verb` to `thing`, unsaved: what it is, its state and version, no word of a party.

    `thing` says its stream (events of one stream arrive in order) and its jurisdiction.
    """
    kind = thing._meta.model_name
    return OutboxEvent(
        stream=thing.stream, jurisdiction_id=thing.stream_jurisdiction_id, subject_kind=kind, subject_id=thing.pk, verb=f"{kind}.{verb}",
        at=at or timezone.now(), agency_id=by.agency_id, data={"state": str(thing.state), "version": thing.version},
    )  # fmt: skip


def publish(*events: OutboxEvent) -> None:
    """Write events inside the caller's transaction: one query."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event belongs inside the transaction of what it tells of")
    names = ("uid", "stream", "jurisdiction_id", "subject_kind", "subject_id", "verb", "at", "agency_id", "data")
    insert_columns(OutboxEvent, {name: [getattr(event, name) for event in events] for name in names})
