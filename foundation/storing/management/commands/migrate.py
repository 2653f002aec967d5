"""`manage.py migrate`, one at a time: a second one waits, and then finds nothing left to do."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as Migrate
from django.db import DEFAULT_DB_ALIAS
from django.utils.translation import gettext as _

from foundation.storing.connecting import changing_tables


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        with changing_tables(waiting=lambda: self.stderr.write(_("另一个 migrate 或 restore 正在进行，等它结束……"))):
            super().handle(*args, **options)
