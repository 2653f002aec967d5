"""A post whose text is more than is taken: what was typed is shown again, so that nobody types it twice."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils import timezone

from core.errors import TooLarge
from foundation.typed.owners import owner_marked, owner_signed_in
from foundation.typed.replay import Replay, replay_of
from foundation.typed.sealing import Words
from foundation.typed.services import NOT_WORDS, Sheet, form_key, keep

# Read this far and no further; longer than that in one field is shown to be copied, not kept.
MOST_READ, LONG_FIELD = 32 * 1024 * 1024, 20_000


def words_of_oversized(request: HttpRequest) -> Replay | None:
    """The words of a form that was refused for its size; None where they cannot be read (files among them, or too much)."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    try:
        raw = getattr(request, "_body", None) or request.read(MOST_READ)
    except OSError:
        return None
    given = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    plain = dict(given)
    owner, here = owner_marked(plain.get("typed_by", "")), owner_signed_in(request)
    if owner is None or here is None or owner.user_id != here.user_id:
        return None
    said = [(name, value) for name, value in given if name not in NOT_WORDS]
    short = Words([pair for pair in said if len(pair[1]) <= LONG_FIELD])
    sheet = Sheet(form_key(request.path, plain.get("typed_form", "")[:40]), plain.get("typed_sheet", "")[:40], plain.get("version", "")[:20])
    try:
        keep(owner, sheet, short, now=timezone.now())
    except TooLarge:
        return replay_of(Words(), None, None, [value for _name, value in said])
    return replay_of(short, sheet, owner, [value for _name, value in said if len(value) > LONG_FIELD])
