"""`manage.py grant_rights`: as the owner of the tables, after `migrate`: give the application's role its rights, no more."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.rights import grant_application


class Command(BaseCommand):
    help = "Give the application's database role its rights: rows, but neither the tables nor the trail's past."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", default=os.environ.get("APPLICATION_ROLE", ""), help="the role (default: APPLICATION_ROLE)")

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        if not to:
            raise CommandError("say which role: --to ROLE or APPLICATION_ROLE")
        try:
            grant_application(to)
        except ValueError as error:
            raise CommandError(str(error)) from error
