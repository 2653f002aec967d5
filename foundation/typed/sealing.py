"""Typed words at rest: encrypted (Fernet), the newest key first; what an older key sealed can still be read."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Words:
    """Fields by name in the order of the form, and the names of files that were chosen (never the files)."""

    fields: Pairs = field(default_factory=list)
    files: Pairs = field(default_factory=list)


def _secrets() -> list[str]:
    """Newest first. Without keys of its own an installation uses its secret key."""
    return [*settings.TYPED_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


def _sealer() -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(secret, "typed work"))) for secret in _secrets()])


def sealed(words: Words, place: list[Any]) -> bytes:
    """`words` encrypted together with the `place` where they belong: a row moved to another person opens for nobody."""
    plain = {"place": place, "fields": words.fields, "files": words.files}
    return _sealer().encrypt(json.dumps(plain, ensure_ascii=False).encode())


def opened(token: bytes, place: list[Any]) -> Words | None:
    """The words, or None where no key opens them or they were sealed for another place."""
    try:
        plain = json.loads(_sealer().decrypt(bytes(token)))
    except (InvalidToken, ValueError):
        return None
    if plain["place"] != place:
        return None
    return Words([(n, v) for n, v in plain["fields"]], [(n, v) for n, v in plain["files"]])


def local_key(user_id: int) -> str:
    """Base64 of the 32 bytes under which this person's browser seals what it cannot send."""
    return base64.b64encode(_derived(_secrets()[0], f"local copy {user_id}")).decode()
