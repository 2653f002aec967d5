"""The keys of the trail: who holds the whole database but not the key cannot write an entry or a seal that passes.

A key is known by the first characters of its checksum, so nobody has to number keys. To change the key, put the new one into
AUDIT_KEY and append the old one to AUDIT_OLD_KEYS (oldest first, separated by commas): what it made is still verified with it.
"""

from __future__ import annotations

import functools
import hashlib
import hmac

from django.conf import settings


def id_of(secret: str) -> str:
    """The short name of a key, safe to show."""
    return hashlib.sha256(f"yisong audit key:{secret}".encode()).hexdigest()[:12]


@functools.lru_cache(maxsize=8)
def _ring(current: str, old: tuple[str, ...]) -> tuple[str, dict[str, bytes]]:
    secrets = [*(secret for secret in old if secret != current), current]
    return id_of(current), {id_of(secret): secret.encode() for secret in secrets}


def _now() -> tuple[str, dict[str, bytes]]:
    return _ring(settings.AUDIT_KEY, tuple(settings.AUDIT_OLD_KEYS))


def current_id() -> str:
    """The key that new entries and seals are made with."""
    return _now()[0]


def age(key_id: str) -> int:
    """0 for the oldest key known here, 1 for the next; -1 for a key that is not known."""
    ids = list(_now()[1])
    return ids.index(key_id) if key_id in ids else -1


def mac(said: str, key_id: str) -> str:
    """HMAC-SHA-256 of `said` under the key of this name, in hex. Raises KeyError for a key that is not known."""
    return hmac.digest(_now()[1][key_id], said.encode(), "sha256").hex()
