"""A file that is kept: stored inside its row's transaction, and looked into soon after."""

from __future__ import annotations

from typing import Any

from django.core.files.base import File
from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import Promise

from core.filing import keep_file
from foundation.formats.admitting import Admitted
from foundation.formats.clamd import switched_on
from foundation.formats.models import LookedInto, Mark
from foundation.storing.keeping import discard
from foundation.work.queueing import queue

INSPECT, SCAN = "inspect", "scan"


def keep_admitted(field: Any, admitted: Admitted, stream: Any) -> None:
    """Store the file in the row's `field` (as core.filing.keep_file) and have it looked into after commit."""
    keep_file(field, f"{admitted.sha256[:16]}{admitted.ending}", File(stream))
    row = LookedInto.objects.create(name=field.name, key=admitted.format.key)
    queue(INSPECT, row.pk)
    if switched_on():
        queue(SCAN, row.pk)


def discard_kept(field: Any) -> None:
    """In the transaction that takes the row away: the file goes, with its preview."""
    row = LookedInto.objects.filter(name=field.name).first()
    if row is not None:
        discard(row.preview)
        row.delete()
    discard(field)


def with_looks(rows: QuerySet[Any, Any], field: str = "file") -> QuerySet[Any, Any]:
    """The rows, each with `.look`: what is known of its file (a dict, see below) or None. No query more."""
    look = LookedInto.objects.filter(name=OuterRef(field)).values(
        json=JSONObject(
            id="pk", read="read_at", marks="marks", listing="listing", preview="preview",
            scan="scan", found="found", scanner_away="scanner_away", released="released_at",
        )
    )  # fmt: skip
    return rows.annotate(look=Subquery(look, output_field=JSONField()))


def marks_said(look: dict[str, Any] | None) -> list[tuple[str, str | Promise]]:
    """(mark, what people are told) of a file; empty where nothing is to be said."""
    return [(mark, Mark(mark).label) for mark in (look or {}).get("marks", ()) if mark in Mark.values]
