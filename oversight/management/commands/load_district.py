"""`manage.py load_district FILE`: a district's agencies, posts, people and matters. First passwords are shown once."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import system_actor
from core.errors import BadInput
from oversight.district import DistrictError, load_district, read_district


class Command(BaseCommand):
    help = "Make or complete a district from one YAML file (see docs/district.example.yaml)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            passwords = load_district(read_district(options["file"].read_text(encoding="utf-8")), by=system_actor("load_district"))
        except (DistrictError, BadInput, OSError, UnicodeDecodeError, KeyError, ValueError) as error:
            sys.stderr.write(f"load_district: {options['file']}: {error}\n")
            sys.exit(2)
        for username, password in passwords.items():
            self.stdout.write(f"{username}\t{password}")
