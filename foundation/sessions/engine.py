"""The session engine (SESSION_ENGINE): ends after a time without use and after a time altogether, whatever the browser says."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as InDatabase
from django.utils import timezone

# How often a session in use is written that it was.
SEEN_EVERY = dt.timedelta(minutes=1)


class SessionStore(InDatabase):
    """Django's own, with the person beside the session."""

    person: Any = None
    # Whose session this was when it was read, and since when.
    _whose: int | None = None
    _began: dt.datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from foundation.sessions.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        found = self.model.objects.select_related("user").filter(session_key=self.session_key, expire_date__gt=now).first()
        if found is not None and self._has_ended(found, now):
            found.delete()
            found = None
        if found is None:
            self._session_key = None
            return None
        if now - found.seen_at >= SEEN_EVERY:
            self.model.objects.filter(pk=found.pk).update(seen_at=now)
        self.person, self._whose, self._began = found.user, found.user_id, found.began_at
        return found

    def _validate_session_key(self, key: str | None) -> bool:
        """A key that we cannot have given out is none: it is never looked for."""
        return bool(key and re.fullmatch("[0-9a-z]{8,40}", key))

    @staticmethod
    def _has_ended(found: Any, now: dt.datetime) -> bool:
        unused = now - found.seen_at > dt.timedelta(seconds=settings.SESSION_IDLE_SECONDS)
        too_long = now - found.began_at > dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return found.user_id is not None and (unused or too_long)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.user_id = data.get(SESSION_KEY)
        # A sign-in begins anew; saving what is kept in a session does not.
        if self._began is not None and str(self._whose) == str(made.user_id):
            made.began_at = self._began
        return made
