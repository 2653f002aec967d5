"""`manage.py factor_code USERNAME`: leave to set up an authenticator, for a district's first administrators or its last one left."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import system_actor
from accounts.models import User
from accounts.second_factor import operators_factor_code


class Command(BaseCommand):
    help = "Give a person the one-time code with which an authenticator is set up (72 hours; kept in the trail)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"], is_active=True).first()
        if person is None:
            raise CommandError("no such person")
        self.stdout.write(f"{operators_factor_code(person, by=system_actor('factor_code'))}\n")
