"""Issuing: the number, the frozen words and the verification code, in the issuing act's own transaction."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from accounts.models import Agency
from documents.content import contact_note
from documents.files import LETTER
from documents.kinds import KINDS
from documents.models import OfficialDocument
from documents.printing import demand_all_printable, standardised
from foundation.work.queueing import queue

if TYPE_CHECKING:
    from accounts.actors import Actor

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _next_number(agency: Agency, mark: str, year: int) -> str:
    code = f"{agency.doc_code}{mark}"
    with connection.cursor() as cursor:
        # The row stays locked until the act commits; if the act fails, the serial goes back with it.
        cursor.execute(
            "INSERT INTO documents_numberseries (agency_id, code, year, last) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (agency_id, code, year) DO UPDATE SET last = documents_numberseries.last + 1 RETURNING last",
            [agency.pk, code, year],
        )
        serial = cursor.fetchone()[0]
    return f"{code}〔{year}〕{serial}号"


def issue(
    kind: str, *, issuer: Agency, addressee: Agency | None, subject: tuple[str, int], content: dict[str, Any], by: Actor, at: dt.datetime
) -> OfficialDocument:
    """Issue a document of `kind` in `issuer`'s name at `at` (aware). `content` is plain JSON as documents/content.py describes.

    Must be called inside the act's transaction: the serial is taken under a row lock and given back if the act fails.
    The PDF is rendered by a worker after commit. Raises BadInput where a text would not print.
    """
    known = KINDS[kind]
    local = timezone.localtime(at)
    number = _next_number(issuer, known.mark, local.year)
    code = "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _j in range(4))
    words = standardised(content) | {
        "note": content.get("note") or contact_note(by.name if by.user else issuer.short_name, issuer.phone),
        "number": number,
        "issuer": issuer.name,
        "date": f"{local.year}年{local.month}月{local.day}日",
        "form": known.form,
    }
    demand_all_printable(words)
    document = OfficialDocument.objects.create(
        kind=kind, number=number, issuer=issuer, addressee=addressee, subject_kind=subject[0], subject_id=subject[1],
        title=words["title"], content=words, issued_at=at, issued_by=by.name, code=code,
    )  # fmt: skip
    queue(LETTER, document.pk)
    return document


def documents_of(subjects: list[tuple[str, int]]) -> list[OfficialDocument]:
    """What was issued on these subjects, oldest first: one query."""
    from django.db.models import Q

    wanted = Q(pk__in=[])
    for kind, identity in subjects:
        wanted |= Q(subject_kind=kind, subject_id=identity)
    return list(OfficialDocument.objects.filter(wanted).select_related("issuer", "addressee").defer("content").order_by("pk"))
