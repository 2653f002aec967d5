"""Keeping, finding again and forgetting what was typed. No entry in the trail: nothing official happens here."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.errors import TooLarge
from core.retries import tried_again
from foundation.typed.models import TypedWork
from foundation.typed.owners import Owner
from foundation.typed.sealing import Pairs, Words, opened, sealed

# Sheets of one person; the oldest go first. Shown again at once: so many.
MOST_SHEETS, MOST_SHOWN = 200, 5
# How long a finished sheet bars a save that was still under way.
TOMBSTONE = dt.timedelta(hours=1)
# What the page itself put into the form, and what is never kept.
NOT_WORDS = ("csrfmiddlewaretoken", "typed_by", "typed_form", "typed_sheet", "version", "password", "otp")


@dataclass(frozen=True)
class Sheet:
    """Where words belong: the form's address (and its name, where an address has several), and the loading of the page."""

    form: str
    sheet: str = ""
    base: str = ""


def form_key(path: str, name: str = "") -> str:
    return (f"{path}#{name}" if name else path)[:200]


def sheet_posted(request: HttpRequest) -> Sheet:
    """The sheet that a form posted itself from."""
    given = request.POST
    return Sheet(form_key(request.path, given.get("typed_form", "")[:40]), given.get("typed_sheet", "")[:40], given.get("version", "")[:20])


def words_posted(request: HttpRequest) -> Words:
    """Everything a person typed or chose into the posted form."""
    fields: Pairs = [(name, value) for name, values in request.POST.lists() if name not in NOT_WORDS for value in values]
    files: Pairs = [(name, file.name or "") for name, chosen in request.FILES.lists() for file in chosen]
    return Words(fields, files)


def _rows(owner: Owner, form: str) -> QuerySet[TypedWork]:
    return TypedWork.objects.filter(user_id=owner.user_id, holding_id=owner.holding_id, form=form)


def _place(owner: Owner, form: str) -> list[object]:
    return [owner.user_id, owner.holding_id, form]


def refuse_too_large(words: Words) -> None:
    """Raises TooLarge beyond the cap (TYPED_MAX_BYTES)."""
    if len(json.dumps([words.fields, words.files], ensure_ascii=False).encode()) > settings.TYPED_MAX_BYTES:
        raise TooLarge(_("内容超过自动保存的上限，本页没有自动保存；请先提交，或者把文字另存在别处。"))


@tried_again
def keep(owner: Owner, sheet: Sheet, words: Words, *, now: dt.datetime, instead_of: str = "") -> TypedWork:
    """Keep what stands on a sheet; a sheet that was finished stays finished. `instead_of`: the sheet these words were taken from.

    Raises TooLarge.
    """
    refuse_too_large(words)
    with transaction.atomic():
        rows = _rows(owner, sheet.form)
        row = rows.select_for_update(no_key=True).filter(sheet=sheet.sheet).first()
        if row is not None and row.done_at is not None and sheet.sheet:
            return row
        before = rows.filter(sheet=instead_of).exclude(sheet=sheet.sheet).first() if instead_of else None
        row = row or TypedWork(user_id=owner.user_id, holding_id=owner.holding_id, form=sheet.form, sheet=sheet.sheet, origin=sheet.sheet)
        row.origin = before.origin if before else row.origin
        row.base, row.sealed, row.saved_at, row.done_at = sheet.base, sealed(words, _place(owner, sheet.form)), now, None
        new = row.pk is None
        row.save()
        if before is not None:
            before.delete()
        if new:
            _drop_oldest(owner)
    return row


def _drop_oldest(owner: Owner) -> None:
    mine = TypedWork.objects.filter(user_id=owner.user_id)
    surplus = mine.order_by("-saved_at", "-pk").values("pk")[MOST_SHEETS:]
    mine.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()


def finish(owner: Owner, sheet: Sheet, *, now: dt.datetime) -> None:
    """The act is done (or the words are thrown away): they are gone, wherever they passed through."""
    rows = _rows(owner, sheet.form)
    if not sheet.sheet:
        rows.filter(sheet="").delete()
        return
    origin = rows.filter(sheet=sheet.sheet).values_list("origin", flat=True).first()
    if origin:
        rows.filter(origin=origin).exclude(sheet=sheet.sheet).delete()
    TypedWork.objects.bulk_create(
        [TypedWork(user_id=owner.user_id, holding_id=owner.holding_id, form=sheet.form, sheet=sheet.sheet, saved_at=now, done_at=now)],
        update_conflicts=True,
        unique_fields=["user", "holding", "form", "sheet"],
        update_fields=["sealed", "saved_at", "done_at"],
    )


def kept_for(owner: Owner, forms: list[str], *, now: dt.datetime) -> dict[str, list[tuple[TypedWork, Words]]]:
    """What this person has typed into these forms and not sent: by form, newest first. One query."""
    rows = TypedWork.objects.filter(user_id=owner.user_id, holding_id=owner.holding_id, form__in=forms, done_at=None)
    found: dict[str, list[tuple[TypedWork, Words]]] = {}
    for row in rows.filter(saved_at__gt=now - kept_for_days()).order_by("-saved_at", "-pk")[: MOST_SHOWN * len(forms)]:
        words = opened(row.sealed, _place(owner, row.form))
        if words is not None:
            found.setdefault(row.form, []).append((row, words))
    return found


def one_kept(owner: Owner, pk: int) -> tuple[TypedWork, Words] | None:
    """One sheet of this person, by its number."""
    row = TypedWork.objects.filter(pk=pk, user_id=owner.user_id, holding_id=owner.holding_id, done_at=None).first()
    words = opened(row.sealed, _place(owner, row.form)) if row else None
    return (row, words) if row and words else None


def kept_for_days() -> dt.timedelta:
    return dt.timedelta(days=settings.TYPED_KEPT_DAYS)


def forget_old(now: dt.datetime) -> int:
    """Delete what is past its time and what was finished a while ago; returns how many."""
    old = TypedWork.objects.filter(saved_at__lte=now - kept_for_days()).delete()[0]
    return old + TypedWork.objects.filter(done_at__lte=now - TOMBSTONE).delete()[0]
