"""`manage.py sweep --as-of 2026-12-01T09:00+08:00`: the watch by hand."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from deadlines.due import BadEvent, parse_event
from oversight import watch
from oversight.digest import tell_digest
from oversight.succession import carry_out_ends


class Command(BaseCommand):
    help = "Carry out every step of the watch that has become due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="ISO date-time; without offset it is Shanghai time; now by default")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            now = parse_event(options["as_of"])[0] if options["as_of"] else timezone.now()
        except BadEvent as error:
            sys.stderr.write(f"sweep: {error}\n")
            sys.exit(2)
        carry_out_ends(now)
        done = watch.sweep(now)
        self.stdout.write(f"{done} step(s), {tell_digest(now)} digest(s) as of {now.isoformat()}")
