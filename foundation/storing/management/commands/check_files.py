"""`manage.py check_files`: rows and files compared both ways. Exit code 1 when anything is wrong."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from foundation.storing.checking import GRACE, check

SHOWN = 200


class Command(BaseCommand):
    help = "Find rows without their file, files that no row names, and files that are not what was registered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-hashes", action="store_true", help="do not read the files, only see that they are there")
        parser.add_argument("--remove-orphans", action="store_true", help="remove the files that no row names")
        parser.add_argument("--grace", type=int, default=int(GRACE.total_seconds()), help="seconds for which a file without a row is nobody's fault")

    def handle(self, *args: Any, without_hashes: bool, remove_orphans: bool, grace: int, **options: Any) -> None:
        found = {"missing": 0, "damaged": 0, "orphan": 0}
        seen = 0

        def count(number: int) -> None:
            nonlocal seen
            seen = number

        for trouble in check(hashes=not without_hashes, grace=dt.timedelta(seconds=grace), seen=count):
            found[trouble.kind] += 1
            if sum(found.values()) <= SHOWN:
                self.stdout.write(str(trouble))
            if trouble.kind == "orphan" and remove_orphans:
                default_storage.delete(trouble.name)
        self.stdout.write(_("核对 %(seen)d 条记录：缺文件 %(missing)d，校验值不符 %(damaged)d，无记录的文件 %(orphan)d。") % (found | {"seen": seen}))
        if found["missing"] or found["damaged"] or (found["orphan"] and not remove_orphans):
            sys.exit(1)
