"""`manage.py backup DIR`: database, files and anchors; `--new-key FILE` makes a key to encrypt with."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from foundation.storing.backing_up import back_up
from foundation.storing.dumping import ToolFailed
from foundation.storing.folder import BackupRefused, Folder
from foundation.storing.sealing import recipients_of


class Command(BaseCommand):
    help = "Back up database, stored files and anchors into DIR; files that an earlier backup in DIR has are not copied again."

    def _say(self, words: str) -> None:
        """At once, also into a pipe or a log: progress is of no use afterwards."""
        self.stdout.write(words)
        self.stdout.flush()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", nargs="?")
        parser.add_argument("--recipient", action="append", default=[], help="a public key (age1…) to encrypt to; default: BACKUP_RECIPIENTS")
        parser.add_argument("--keep", type=int, default=0, help="afterwards keep only this many of the newest backups")
        parser.add_argument("--new-key", type=Path, metavar="FILE", help="only make a new private key in FILE and print its public key")

    def handle(self, *args: Any, folder: Path | None = None, recipient: list[str], keep: int, new_key: Path | None, **options: Any) -> None:
        if new_key is not None:
            self.stdout.write(_make_key(new_key))
            return
        if folder is None:
            raise CommandError(_("请指明备份目录。"))
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            done = back_up(Folder(folder), recipients_of(recipient or settings.BACKUP_RECIPIENTS), say=self._say)
            gone = Folder(folder).drop_older(keep) if keep > 0 else 0
        except (BackupRefused, ToolFailed, pyrage.RecipientError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("备份 %(name)s 已完成：%(files)d 个文件，新复制 %(copied)d 个。") % vars(done))
        if gone:
            self.stdout.write(_("已清除 %(n)d 个不再需要的旧文件。") % {"n": gone})
        for what, names in ((_("存储中没有"), done.missing), (_("与登记的校验值不符"), done.damaged)):
            for name in names:
                self.stderr.write(f"{what}：{name}")
        if done.missing or done.damaged:
            sys.exit(2)


def _make_key(path: Path) -> str:
    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(_("%(path)s 已存在，不予覆盖。") % {"path": path}) from None
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())
