"""Copies whose bytes are counted and hashed, encrypted by age (age-encryption.org) where a key is given, whole or not there at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage
from pyrage import x25519

CHUNK = 1 << 20
ENCRYPTED = ".age"


class Unreadable(Exception):
    """An encrypted copy that does not open: damaged, or with another key."""


@dataclass(frozen=True)
class Copied:
    """sha256 and size of what was copied, and sha256 of what now lies there (the same unless encrypted)."""

    sha256: str
    size: int
    stored_sha256: str


class _Hashed:
    """A stream that is read or written through: counts and hashes, and keeps the error that a library above would hide."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.digest, self.size, self.error = stream, hashlib.sha256(), 0, None

    def read(self, size: int = -1) -> bytes:
        try:
            data: bytes = self.stream.read(size)
        except OSError as error:
            self.error = error
            raise
        self._count(data)
        return data

    def write(self, data: bytes) -> int:
        try:
            self.stream.write(data)
        except OSError as error:
            self.error = error
            raise
        self._count(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here."""

    def _count(self, data: bytes) -> None:
        self.digest.update(data)
        self.size += len(data)


def recipients_of(keys: Sequence[str]) -> list[x25519.Recipient]:
    """The public keys (age1…) as age knows them. Raises pyrage.RecipientError for what is none."""
    return [x25519.Recipient.from_str(key.strip()) for key in keys if key.strip()]


def identities_of(path: Path) -> list[x25519.Identity]:
    """The private keys of a file made by `backup --new-key` or age-keygen; lines with # are comments. Raises pyrage.IdentityError."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]


def copy_to(path: Path, source: Any, recipients: Sequence[x25519.Recipient]) -> Copied:
    """Write what `source` gives to `path`, encrypted if there are recipients; on disk when this returns, and not there if it raises."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as stream:
            reading, writing = _Hashed(source), _Hashed(stream)
            _through(reading, writing, recipients)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    sync_folder(path.parent)
    return Copied(reading.digest.hexdigest(), reading.size, writing.digest.hexdigest())


def _through(reading: _Hashed, writing: _Hashed, recipients: Sequence[x25519.Recipient]) -> None:
    if not recipients:
        while data := reading.read(CHUNK):
            writing.write(data)
        return
    try:
        pyrage.encrypt_io(cast(BinaryIO, reading), cast(BinaryIO, writing), list(recipients))
    except Exception as error:
        raise reading.error or writing.error or error from None


def copy_from(path: Path, target: Any, identities: Sequence[x25519.Identity]) -> Copied:
    """Give the bytes of `path`, opened if it is encrypted, to `target`. Raises Unreadable where it does not open."""
    with path.open("rb") as stream:
        reading, writing = _Hashed(stream), _Hashed(target)
        if path.suffix != ENCRYPTED:
            while data := reading.read(CHUNK):
                writing.write(data)
        else:
            try:
                pyrage.decrypt_io(cast(BinaryIO, reading), cast(BinaryIO, writing), list(identities))
            except Exception as error:
                hidden = reading.error or writing.error
                raise hidden if hidden else Unreadable(str(error)) from None
    return Copied(writing.digest.hexdigest(), writing.size, reading.digest.hexdigest())


class Nowhere:
    """A target for what is only to be hashed."""

    def write(self, data: bytes) -> int:
        return len(data)


def sync_folder(folder: Path) -> None:
    """Have the folder's own entries on disk: a file's name is not there before that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def removed_unless_finished(folder: Path) -> Iterator[Path]:
    """A new folder that vanishes with everything in it if the block raises."""
    import shutil

    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
