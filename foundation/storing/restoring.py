"""`manage.py restore`: first every hash, then the database in one transaction, then the files; only into an empty place."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from pyrage import x25519

from foundation.storing import anchored, dumping
from foundation.storing.backing_up import TOLD_EVERY, Say
from foundation.storing.connecting import changing_tables, own_connection
from foundation.storing.folder import BackupRefused, Folder
from foundation.storing.inventory import stored
from foundation.storing.sealing import ENCRYPTED, Nowhere, Unreadable, copy_from

OTHER_THAN_SYSTEM = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


def verify(folder: Folder, name: str, identities: Sequence[x25519.Identity] = (), *, say: Say = lambda _words: None) -> dict[str, Any]:
    """Read all of one backup and compare every hash; returns its manifest. Raises BackupRefused, naming the first that is wrong."""
    manifest = folder.manifest(name)
    if manifest["encrypted"] and not identities:
        raise BackupRefused(_("备份 %(name)s 已加密，请以 --identity 指明私钥文件。") % {"name": name})
    for part, expected in manifest["parts"].items():
        _compare(folder.path / name / part, expected["plain_sha256"], identities)
    encrypted, told = bool(manifest["encrypted"]), time.monotonic()
    for seen, sha256 in enumerate((folder.path / name / "objects.txt").read_text(encoding="ascii").split(), start=1):
        _compare(folder.object_path(sha256, encrypted), sha256, identities)
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            say(_("已校验 %(n)d 个文件。") % {"n": seen})
    return manifest


def _compare(path: Path, sha256: str, identities: Sequence[x25519.Identity]) -> None:
    try:
        found = copy_from(path, Nowhere(), identities).sha256
    except FileNotFoundError:
        raise BackupRefused(_("备份缺少 %(path)s，不予恢复。") % {"path": path}) from None
    except Unreadable:
        raise BackupRefused(_("%(path)s 已损坏，或私钥不对，不予恢复。") % {"path": path}) from None
    if found != sha256:
        raise BackupRefused(_("%(path)s 已损坏（校验值不符），不予恢复。") % {"path": path})


def restore(folder: Folder, name: str, identities: Sequence[x25519.Identity] = (), *, say: Say = lambda _words: None) -> dict[str, int]:
    """Verify the backup, then bring it back. Returns how many files, anchor lines and files missing in it.

    Raises BackupRefused where the database, the storage or the anchor folder is not empty, or anything is damaged; nothing is changed
    then. Raises dumping.ToolFailed where PostgreSQL refuses the dump: the database stays empty.
    """
    with changing_tables(waiting=lambda: say(_("另一个 migrate 或 restore 正在进行，等它结束……"))):
        return _restore_alone(folder, name, identities, say)


def _restore_alone(folder: Folder, name: str, identities: Sequence[x25519.Identity], say: Say) -> dict[str, int]:
    server = _refuse_unless_empty()
    manifest = verify(folder, name, identities, say=say)
    if manifest["server_version"] > server:
        raise BackupRefused(
            _("备份出自 PostgreSQL %(from)d，此处是 %(here)d：请恢复到同版或更新的版本。") % {"from": manifest["server_version"], "here": server}
        )
    say(_("校验完毕，开始恢复数据库。"))
    place, suffix = folder.path / name, ENCRYPTED if manifest["encrypted"] else ""
    with dumping.restore(server) as stream:
        copy_from(place / f"database.dump{suffix}", stream, identities)
    with own_connection() as connection:
        # Plans depend on statistics, and a dump brings none.
        connection.execute("ANALYZE")
    counts = _bring_files(folder, place / f"files.jsonl{suffix}", bool(suffix), identities, say)
    with _lines(place / f"anchors.jsonl{suffix}", identities) as lines:
        counts["anchors"] = anchored.put_back(json.loads(line) for line in lines)
    return counts


def _refuse_unless_empty() -> int:
    """The server's major version. Raises BackupRefused unless there is no table, no file and no anchor here."""
    with own_connection() as connection:
        tables = connection.execute(OTHER_THAN_SYSTEM).fetchone()
        if tables and tables[0]:
            raise BackupRefused(_("数据库不是空的（已有 %(n)d 张表）；只能恢复到空的数据库。") % {"n": tables[0]})
        version = connection.info.server_version // 10000
    there = next(stored(default_storage), None)
    if there is not None:
        raise BackupRefused(_("文件存储不是空的（例如 %(name)s）；只能恢复到空的存储。") % {"name": there})
    if anchored.there():
        raise BackupRefused(_("锚定文件目录（AUDIT_ANCHOR_DIR）不是空的；请指定空目录，原文件另存，恢复后以 verify_audit --anchors 对照。"))
    return version


@contextlib.contextmanager
def _lines(path: Path, identities: Sequence[x25519.Identity]) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as stream:
        copy_from(path, stream, identities)
        stream.seek(0)
        yield stream


def _bring_files(folder: Folder, path: Path, encrypted: bool, identities: Sequence[x25519.Identity], say: Say) -> dict[str, int]:
    counts, told = {"files": 0, "missing": 0}, time.monotonic()
    with _lines(path, identities) as lines:
        for text in lines:
            one = json.loads(text)
            if not one["stored"]:
                counts["missing"] += 1
                continue
            _bring_one(folder.object_path(one["stored"], encrypted), one["name"], identities)
            counts["files"] += 1
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                say(_("已恢复 %(n)d 个文件。") % {"n": counts["files"]})
    return counts


def _bring_one(source: Path, name: str, identities: Sequence[x25519.Identity]) -> None:
    with tempfile.TemporaryFile() as stream:
        copy_from(source, stream, identities)
        stream.seek(0)
        # Not `save`, which is free to choose another name: the row says this one.
        if default_storage._save(name, File(stream)) != name:
            raise BackupRefused(_("文件 %(name)s 在恢复时已经存在。") % {"name": name})
