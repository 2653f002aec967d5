"""Django's own command would change a password without a trace; ours is `reset_password`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Not used here: see reset_password."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username", nargs="?")
        parser.add_argument("--database", default="default")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError("a password is reset with manage.py reset_password USERNAME, which the trail keeps")
