"""`manage.py load_rules`: the shipped profiles and calendar years, or one file of either."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import system_actor
from core.errors import BadInput
from deadlines import loading
from deadlines.calendar import CalendarError
from deadlines.profile_files import ProfileError
from oversight.yearbook import load_year_and_tell


class Command(BaseCommand):
    help = "Load rule profiles and working-day years (without arguments: everything shipped)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", type=Path)
        parser.add_argument("--year", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        by = system_actor("load_rules")
        try:
            if options["profile"]:
                text = options["profile"].read_text(encoding="utf-8")
                self.stdout.write(str(loading.load_profile_text(text, str(options["profile"]), by=by)))
            if options["year"]:
                moved = load_year_and_tell(loading.year_from_file(options["year"]), by=by)
                self.stdout.write(f"loaded; {len(moved)} due date(s) counted again")
            if not options["profile"] and not options["year"]:
                loading.load_shipped_years()
                for version in loading.load_shipped_profiles(by=by):
                    self.stdout.write(str(version))
        except (ProfileError, CalendarError, BadInput, OSError, UnicodeDecodeError) as error:
            sys.stderr.write(f"load_rules: {error}\n")
            sys.exit(2)
