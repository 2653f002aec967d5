"""`manage.py make_token USERNAME --name "case system"`: a bearer token bound to the person's first post; shown once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import posts_of, system_actor
from accounts.models import User
from accounts.services import make_token
from core.text import clean_line, clean_name


class Command(BaseCommand):
    help = "Make a bearer token for another system."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", type=clean_line)
        parser.add_argument("--name", required=True, type=clean_name)
        parser.add_argument("--days", type=int, default=365)

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"], is_active=True).first()
        held = [holding for holding, deputy in posts_of(user) if not deputy] if user else []
        if not held:
            raise CommandError("no such person, or no post held today")
        _row, token = make_token(by=system_actor("make_token"), holding=held[0], name=options["name"], days=options["days"])
        self.stdout.write(f"{token}\n")
        self.stderr.write(f"acts as {held[0]} until revoked in the administration or {options['days']} days from now; it is not shown again")
