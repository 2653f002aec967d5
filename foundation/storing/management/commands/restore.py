"""`manage.py restore DIR`: the latest backup of DIR, or a named one, into an empty database and an empty storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyrage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from foundation.storing.dumping import ToolFailed
from foundation.storing.folder import BackupRefused, Folder
from foundation.storing.restoring import restore, verify
from foundation.storing.sealing import identities_of


class Command(BaseCommand):
    help = "Verify every hash of a backup, then restore it as the owner of the tables. Afterwards: migrate, grant_rights, check_files, verify_audit."

    def _say(self, words: str) -> None:
        """At once, also into a pipe or a log: progress is of no use afterwards."""
        self.stdout.write(words)
        self.stdout.flush()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--backup", default="", help="the name of one backup in DIR; the latest by default")
        parser.add_argument("--identity", type=Path, help="the file with the private key of an encrypted backup")
        parser.add_argument("--verify-only", action="store_true", help="compare every hash and restore nothing")

    def handle(self, *args: Any, folder: Path, backup: str, identity: Path | None, verify_only: bool, **options: Any) -> None:
        place = Folder(folder)
        try:
            identities = identities_of(identity) if identity else []
            name = backup or place.latest()
            if verify_only:
                found = verify(place, name, identities, say=self._say)
                self.stdout.write(_("备份 %(name)s 完整：%(files)d 个文件。") % {"name": name, "files": found["files"]})
                return
            counts = restore(place, name, identities, say=self._say)
        except (BackupRefused, ToolFailed, pyrage.IdentityError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("备份 %(name)s 已恢复：%(files)d 个文件，%(anchors)d 条锚定；备份时已缺失 %(missing)d 个文件。") % (counts | {"name": name})
        )
