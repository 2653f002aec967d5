"""`manage.py end_agency xuecheng old_office --last-day 2026-12-31`: an agency ends and nobody succeeds it."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actors import system_actor
from core.errors import Refused
from oversight.management.naming import agency_named
from oversight.succession import end_agency


class Command(BaseCommand):
    help = "End an agency without a successor; refused while anything of it is open."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("district", help="the district's key")
        parser.add_argument("agency", help="the agency's key or name")
        parser.add_argument("--last-day", type=dt.date.fromisoformat, help="its last day, YYYY-MM-DD; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        last_day = options["last_day"] or timezone.localdate()
        try:
            agency = end_agency(agency_named(options["district"], options["agency"]), last_day=last_day, by=system_actor("end_agency"))
        except Refused as refusal:
            sys.stderr.write(f"end_agency: {refusal}\n")
            sys.exit(2)
        self.stdout.write(f"{agency.name}: 最后一日 {last_day}")
