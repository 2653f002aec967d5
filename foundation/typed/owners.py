"""Whose sheet it is: a signed mark in the form, so that words find their person even when the session is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpRequest

from accounts.actors import acting
from core.errors import Refused

SALT = "typed work"
# A page older than this cannot save without a session any more (seconds).
GOOD_FOR = 24 * 3600


@dataclass(frozen=True)
class Owner:
    """A person in a post; `holding_id` is None for who has none."""

    user_id: int
    holding_id: int | None


def owner_signed_in(request: HttpRequest) -> Owner | None:
    """Who fills in forms in this request; None for nobody."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    try:
        return Owner(user.pk, acting(request).holding_id)
    except Refused:
        return Owner(user.pk, None)


def mark_of(owner: Owner) -> str:
    """What the form carries. It lets its bearer add words to this person's own sheets, and nothing else."""
    return signing.dumps([owner.user_id, owner.holding_id], salt=SALT)


def owner_marked(mark: str) -> Owner | None:
    """Whose mark it is; None where it is not ours or too old."""
    try:
        user_id, holding_id = signing.loads(mark, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return Owner(user_id, holding_id)
