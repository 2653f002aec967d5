"""`manage.py reset_password USERNAME`: a new first password by the operator, where no second person is left; kept in the trail."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import system_actor
from accounts.models import User
from administration.resets import operators_password_reset


class Command(BaseCommand):
    help = "Give a person a new first password; sessions and tokens end, the person is told, and the trail keeps it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(username=options["username"]).first()
        if person is None:
            raise CommandError("no such person")
        self.stdout.write(f"{operators_password_reset(person, by=system_actor('reset_password'))}\n")
