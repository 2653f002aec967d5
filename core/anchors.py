"""Anchors: what the newest seal was, written outside the database into files that only grow.

One line of JSON an anchor, a file a month in AUDIT_ANCHOR_DIR, each line signed (Ed25519) and continuing the line before. Who can
write the database but not these files cannot take back the newest seals with the entries under them. The lines name the public
key, so an auditor with a copy of the files can check them without any secret.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from core.models import AuditAnchor, AuditSeal
from core.retries import tried_again


@dataclass(frozen=True)
class Line:
    """One line of the anchor files as it was read; `genuine` when its signature is by one of our keys."""

    place: str
    number: int
    seal_number: int
    until_id: int
    entries: int
    seal_mac: str
    previous: str
    digest: str
    genuine: bool


@functools.lru_cache(maxsize=8)
def _private(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"yisong anchor key:{secret}".encode()).digest())


def public_key(secret: str | None = None) -> str:
    """The public key, in hex, of the anchor key in use (or of another)."""
    secret = settings.AUDIT_ANCHOR_KEY if secret is None else secret
    return _private(secret).public_key().public_bytes_raw().hex()


def _known_keys() -> set[str]:
    return {public_key(secret) for secret in (settings.AUDIT_ANCHOR_KEY, *settings.AUDIT_OLD_ANCHOR_KEYS)}


def _canonical(said: dict[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def _signed(said: dict[str, object]) -> str:
    signature = _private(settings.AUDIT_ANCHOR_KEY).sign(_canonical(said)).hex()
    return _canonical(said | {"signature": signature}).decode()


def _read(place: str, text: str, known: set[str]) -> Line:
    """A line as it stands; one that is no line of ours counts as not genuine with number 0."""
    try:
        said = json.loads(text)
        signature, key = bytes.fromhex(said.pop("signature")), str(said["key"])
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, _canonical(said))
            genuine = key in known
        except InvalidSignature:
            genuine = False
        numbers = [int(said[name]) for name in ("number", "seal", "until_id", "entries")]
        return Line(place, *numbers, str(said["seal_mac"]), str(said["previous"]), _digest(text), genuine)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Line(place, 0, 0, 0, 0, "", "", _digest(text), False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def lines(folder: Path | None = None) -> Iterator[Line]:
    """Every line of the anchor files, oldest first (of a copy kept elsewhere when `folder` is given)."""
    known = _known_keys()
    for path in sorted(Path(folder or settings.AUDIT_ANCHOR_DIR).glob("anchors-*.jsonl")):
        with path.open(encoding="utf-8", errors="replace") as stream:
            for number, text in enumerate(stream, start=1):
                yield _read(f"{path.name}:{number}", text.rstrip("\n"), known)


def hold_anchors() -> None:
    """Until the transaction's end nobody else writes an anchor or compares them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('audit-anchor', 7))")


@tried_again
def anchor_audit() -> AuditAnchor | None:
    """Anchor the newest seal in the file and in the database; returns the anchor, or None where nothing is new.

    A line that a killed worker wrote without its row is taken into the database, when it fits the seals there.
    """
    with transaction.atomic():
        hold_anchors()
        last = _take_in_written(AuditAnchor.objects.order_by("-number").first())
        seal = AuditSeal.objects.order_by("-number").first()
        if seal is None or (last is not None and seal.number <= last.seal_number):
            return None
        done = AuditSeal.objects.filter(number__gt=last.seal_number if last else 0).aggregate(n=Sum("count"))["n"] or 0
        anchor = AuditAnchor(
            number=last.number + 1 if last else 1, seal_number=seal.number, until_id=seal.until_id,
            entries=(last.entries if last else 0) + done, at=timezone.now(),
        )  # fmt: skip
        text = _signed(
            {
                "number": anchor.number, "at": anchor.at.isoformat(), "seal": seal.number, "until_id": seal.until_id,
                "entries": anchor.entries, "seal_mac": seal.mac, "previous": last.line_digest if last else "",
                "key": public_key(),
            }
        )  # fmt: skip
        anchor.line_digest = _digest(text)
        _append(f"anchors-{timezone.localtime(anchor.at):%Y-%m}.jsonl", text)
        anchor.save(force_insert=True)
        return anchor


def _written_after(number: int) -> list[Line]:
    """The lines at the files' end that come after this anchor, oldest first, without reading the years before."""
    known, found = _known_keys(), []
    for path in sorted(Path(settings.AUDIT_ANCHOR_DIR).glob("anchors-*.jsonl"), reverse=True):
        for text in reversed(path.read_text(encoding="utf-8", errors="replace").splitlines()):
            line = _read(path.name, text, known)
            if line.number <= number:
                return found[::-1]
            found.append(line)
    return found[::-1]


def _take_in_written(last: AuditAnchor | None) -> AuditAnchor | None:
    for line in _written_after(last.number if last else 0):
        seal = AuditSeal.objects.filter(number=line.seal_number, mac=line.seal_mac).first()
        follows = line.number == (last.number + 1 if last else 1) and line.previous == (last.line_digest if last else "")
        if not (line.genuine and follows and seal):
            break
        last = AuditAnchor.objects.create(
            number=line.number, seal_number=line.seal_number, until_id=line.until_id, entries=line.entries,
            line_digest=line.digest, at=timezone.now(),
        )  # fmt: skip
    return last


def _append(name: str, text: str) -> None:
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, text.encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
