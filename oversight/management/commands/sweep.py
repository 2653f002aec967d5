"""`manage.py sweep --as-of 2026-12-01T09:00+08:00`: the watch by hand."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.text import sentences
from deadlines.due import BadEvent, parse_event
from oversight import watch
from oversight.digest import tell_digest
from oversight.succession import carry_out_ends

# A person who types "now" is not asked.
CLOCKS_APART = dt.timedelta(minutes=1)


class Command(BaseCommand):
    help = "Carry out every step of the watch that has become due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="ISO date-time; without offset it is Shanghai time; now by default")
        parser.add_argument("--yes", action="store_true", help="do not ask before carrying out what is due only in the future")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = parse_event(options["as_of"])[0] if options["as_of"] else timezone.now()
        except BadEvent as error:
            sys.stderr.write(f"sweep: {error}\n")
            sys.exit(2)
        if now > timezone.now() + CLOCKS_APART and not options["yes"]:
            self._ask(now)
        carry_out_ends(now)
        done = watch.sweep(now)
        self.stdout.write(f"{done} step(s), {tell_digest(now)} digest(s) as of {now.isoformat()}")

    def _ask(self, now: dt.datetime) -> None:
        """Have a person agree to what cannot be undone. Raises CommandError where nobody sits at the terminal, or says no."""
        warning = _("%(at)s 尚未到来：到那时为止的提醒、逾期和上报都会立即办理，不能撤销。") % {"at": now.isoformat()}
        if not sys.stdin.isatty():
            raise CommandError(sentences(warning, _("没有终端可以确认：确需办理请加 --yes。")))
        self.stderr.write(warning)
        if input(_("确认办理请输入 yes：")).strip().lower() != "yes":
            raise CommandError(_("没有办理。"))
