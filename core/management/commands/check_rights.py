"""`manage.py check_rights`: the database role of this process cannot rewrite the trail. Exit code 1 when it can."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.rights import unguarded


class Command(BaseCommand):
    help = "Check that the application's database role can neither alter nor empty nor rewrite the audit trail."

    def handle(self, *args: Any, **options: Any) -> None:
        reasons = unguarded()
        if reasons:
            raise CommandError("; ".join(reasons))
        self.stdout.write("the trail is guarded from this role")
