"""`manage.py backup`: the database as one snapshot, then the file of every row that the snapshot holds.

Files are never written over, and are removed only while no backup copies (foundation/storing/keeping.py), so a file that the
snapshot names is there when it is copied. What is stored meanwhile belongs to rows that the snapshot does not hold.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any

import psycopg
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _
from pyrage import x25519

from core.full import is_full
from foundation.storing import anchored, dumping
from foundation.storing.connecting import BACKUP, FILES, own_connection
from foundation.storing.folder import FORMAT, BackupRefused, Folder, name_of, write_manifest
from foundation.storing.inventory import Listed, listed
from foundation.storing.models import Backup
from foundation.storing.sealing import ENCRYPTED, Copied, copy_to, removed_unless_finished, sync_folder

# Seconds between two words about how far it is.
TOLD_EVERY = 5.0
Say = Callable[[str], Any]


@dataclass
class Done:
    """What a backup holds: files in all, newly copied ones, and those that the storage no longer had or had otherwise."""

    name: str
    files: int = 0
    copied: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    parts: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def _alone() -> Iterator[psycopg.Connection[Any]]:
    """A connection that holds both locks; a killed backup holds none."""
    with own_connection() as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        got = connection.execute(f"SELECT pg_try_advisory_lock({BACKUP})").fetchone()
        if not got or not got[0]:
            raise BackupRefused(_("另一次备份正在进行，请等它结束。"))
        # Whoever is removing a file just now finishes that first.
        connection.execute(f"SELECT pg_advisory_lock({FILES})")
        yield connection


def back_up(folder: Folder, recipients: Sequence[x25519.Recipient] = (), *, say: Say = lambda _words: None) -> Done:
    """Make one backup in `folder`, encrypted to `recipients` if there are any. Returns what it holds.

    Raises BackupRefused (another one runs, no room), dumping.ToolFailed; nothing half-made is left, whole objects are, for the next.
    """
    began = timezone.now()
    name = name_of(began)
    with _alone() as connection:
        row = Backup.objects.create(name=name, began_at=began, encrypted=bool(recipients))
        try:
            done = _make(connection, folder, name, began, recipients, say)
        except Exception as error:
            Backup.objects.filter(pk=row.pk).update(trouble=type(error).__name__)
            if is_full(error):
                raise BackupRefused(_("%(folder)s 所在的磁盘已满，本次备份没有完成。") % {"folder": folder.path}) from error
            raise
        trouble = f"missing: {len(done.missing)}, damaged: {len(done.damaged)}" if done.missing or done.damaged else ""
        Backup.objects.filter(pk=row.pk).update(ended_at=timezone.now(), files=done.files, copied=done.copied, trouble=trouble)
    return done


def _make(
    connection: psycopg.Connection[Any], folder: Folder, name: str, began: dt.datetime, recipients: Sequence[x25519.Recipient], say: Say
) -> Done:
    place, partial = folder.path / name, folder.path / f".{name}.partial"
    if place.exists():
        raise BackupRefused(_("%(place)s 已经存在。") % {"place": place})
    suffix = ENCRYPTED if recipients else ""
    done = Done(name)
    for left in folder.path.glob(".*.partial"):  # of a killed backup; no other one runs
        shutil.rmtree(left)
    with removed_unless_finished(partial), tempfile.TemporaryFile("w+") as listing, tempfile.TemporaryFile() as lines:
        version, known = _dump(connection, lambda stream: _part(done, partial / f"database.dump{suffix}", stream, recipients), listing)
        say(_("数据库已备份。"))
        _copy_files(folder, listing, lines, done, recipients, say)
        lines.seek(0)
        _part(done, partial / f"files.jsonl{suffix}", lines, recipients)
        _part(done, partial / f"anchors.jsonl{suffix}", anchored.until(known), recipients)
        manifest = {
            "format": FORMAT, "name": name, "began_at": began.isoformat(), "encrypted": "age" if recipients else "",
            "recipients": [str(one) for one in recipients], "server_version": version, "parts": done.parts, "files": done.files,
            "missing": len(done.missing), "damaged": len(done.damaged),
        }  # fmt: skip
        _write_objects(lines, partial, done)
        write_manifest(partial, manifest)
        partial.rename(place)
        sync_folder(folder.path)
    return done


def _dump(connection: psycopg.Connection[Any], write: Callable[[Any], Any], listing: IO[str]) -> tuple[int, int]:
    """Dump one snapshot through `write` and note the files of the same snapshot in `listing`.

    Returns the server's major version and the number of the last anchor that the snapshot holds.
    """
    version = connection.info.server_version // 10000
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert snapshot is not None
        with dumping.dump(snapshot[0], version) as stream:
            write(stream)
        for one in listed(connection):
            listing.write(json.dumps(asdict(one)) + "\n")
        known = connection.execute("SELECT coalesce(max(number), 0) FROM core_auditanchor").fetchone()
    assert known is not None
    return version, int(known[0])


def _part(done: Done, path: Any, stream: Any, recipients: Sequence[x25519.Recipient]) -> None:
    copied = copy_to(path, stream, recipients)
    done.parts[path.name] = {"sha256": copied.stored_sha256, "plain_sha256": copied.sha256, "size": copied.size}


def _copy_files(folder: Folder, listing: IO[str], lines: IO[bytes], done: Done, recipients: Sequence[x25519.Recipient], say: Say) -> None:
    listing.seek(0)
    told = time.monotonic()
    for text in listing:
        one = Listed(**json.loads(text))
        sha256, size = _copy_one(folder, one, done, recipients)
        lines.write(json.dumps(asdict(one) | {"stored": sha256, "size": size}).encode() + b"\n")
        done.files += 1
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            say(_("已核对 %(files)d 个文件，其中新复制 %(copied)d 个。") % {"files": done.files, "copied": done.copied})
    lines.flush()


def _copy_one(folder: Folder, one: Listed, done: Done, recipients: Sequence[x25519.Recipient]) -> tuple[str, int]:
    """The hash under which the file lies in the backup, and its size; ("", 0) for one that the storage does not have."""
    try:
        if one.sha256:
            there = folder.object_path(one.sha256, bool(recipients))
            size = default_storage.size(one.name)
            if there.exists() and (recipients or there.stat().st_size == size):
                return one.sha256, size
        with default_storage.open(one.name, "rb") as stream:
            copied = _new_object(folder, stream, recipients)
    except FileNotFoundError:
        done.missing.append(f"{one.table}:{one.pk} {one.name}")
        return "", 0
    done.copied += 1
    if one.sha256 and copied.sha256 != one.sha256:
        done.damaged.append(f"{one.table}:{one.pk} {one.name}")
    return copied.sha256, copied.size


def _new_object(folder: Folder, stream: Any, recipients: Sequence[x25519.Recipient]) -> Copied:
    """Copy under a name of its own first: what the content's hash is, is known only afterwards."""
    fresh = folder.path / "objects" / "incoming"
    copied = copy_to(fresh, stream, recipients)
    target = folder.object_path(copied.sha256, bool(recipients))
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(target)
    sync_folder(target.parent)
    return copied


def _write_objects(lines: IO[bytes], partial: Any, done: Done) -> None:
    lines.seek(0)
    hashes = sorted({json.loads(text)["stored"] for text in lines} - {""})
    with tempfile.TemporaryFile() as stream:
        stream.write("".join(f"{one}\n" for one in hashes).encode())
        stream.seek(0)
        _part(done, partial / "objects.txt", stream, ())
