"""How a folder of backups is laid out: objects by their hash, shared by all backups, and a folder a backup that names them.

objects/ab/abcd…[.age]      each file once, by the sha256 of its content
20261125T043750.120000Z/    one backup; it has its name only when everything in it is on the disk
    manifest.json           what is here, with the hash of each part, and counts
    manifest.sha256         the hash of the manifest
    database.dump[.age]     pg_dump's custom format
    files.jsonl[.age]       a line a file: row, name, sha256
    objects.txt             the hashes alone, so that old objects can be removed without the key
    anchors.jsonl[.age]     the anchor lines that the dump's database knows
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from foundation.storing.sealing import ENCRYPTED, sync_folder

FORMAT = 1
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
MANIFEST, CHECK = "manifest.json", "manifest.sha256"


class BackupRefused(Exception):
    """Why nothing was backed up or restored, in a sentence."""


@dataclass(frozen=True)
class Folder:
    """The folder of backups that an operator named."""

    path: Path

    def object_path(self, sha256: str, encrypted: bool) -> Path:
        return self.path / "objects" / sha256[:2] / (sha256 + (ENCRYPTED if encrypted else ""))

    def finished(self) -> list[str]:
        """The names of the finished backups, oldest first."""
        if not self.path.is_dir():
            return []
        return sorted(one.name for one in self.path.iterdir() if NAME.fullmatch(one.name) and (one / CHECK).exists())

    def latest(self) -> str:
        names = self.finished()
        if not names:
            raise BackupRefused(_("%(folder)s 里没有完整的备份。") % {"folder": self.path})
        return names[-1]

    def manifest(self, name: str) -> dict[str, Any]:
        """The manifest of a backup, found whole. Raises BackupRefused for one that is missing, damaged or of another format."""
        place = self.path / name
        try:
            text = (place / MANIFEST).read_bytes()
            expected = (place / CHECK).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            raise BackupRefused(_("%(folder)s 里没有名为 %(name)s 的完整备份。") % {"folder": self.path, "name": name}) from None
        if hashlib.sha256(text).hexdigest() != expected:
            raise BackupRefused(_("备份 %(name)s 的清单已损坏，不予恢复。") % {"name": name})
        read: dict[str, Any] = json.loads(text)
        if read.get("format") != FORMAT:
            raise BackupRefused(_("备份 %(name)s 的格式不是本版本能读的。") % {"name": name})
        return read

    def drop_older(self, keep: int) -> int:
        """Keep the newest `keep` backups; remove the others, and objects that none of those kept names. Returns how many objects went."""
        names = self.finished()
        for name in names[:-keep]:
            # First the mark that it is whole, so that a killed removal leaves nothing that looks like a backup.
            (self.path / name / CHECK).unlink()
            shutil.rmtree(self.path / name)
        wanted: set[str] = set()
        for name in names[-keep:]:
            wanted.update((self.path / name / "objects.txt").read_text(encoding="ascii").split())
        gone = 0
        for one in (self.path / "objects").glob("??/*"):
            if one.name.partition(".")[0] not in wanted:
                one.unlink()
                gone += 1
        return gone


def name_of(now: dt.datetime) -> str:
    """A name that sorts by time, to the microsecond: a small place makes two backups within a second."""
    return now.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def write_manifest(place: Path, manifest: dict[str, Any]) -> None:
    """The last thing written: the manifest, and its hash beside it."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (place / MANIFEST).write_bytes(text)
    (place / CHECK).write_text(hashlib.sha256(text).hexdigest() + "\n", encoding="ascii")
    for name in (MANIFEST, CHECK):
        with (place / name).open("rb+") as stream:
            os.fsync(stream.fileno())
    sync_folder(place)
