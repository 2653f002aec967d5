"""One row for each signed-in browser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone


class Session(AbstractBaseSession):
    """`user` stands in a column of its own, so that the request reads both in one statement and all of a person's can end."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> Any:
        from foundation.sessions.engine import SessionStore

        return SessionStore


def end_sessions_of(user_id: int, but: str = "") -> int:
    """Sign this person out everywhere, except in the session with the key `but`; returns in how many places."""
    return Session.objects.filter(user_id=user_id).exclude(session_key=but).delete()[0]
