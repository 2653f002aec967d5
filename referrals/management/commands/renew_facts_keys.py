"""`manage.py renew_facts_keys`: the same facts are found as the comparison reads them today."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from referrals.services.same_facts_keys import older_facts_keys, renew_all_facts_keys


class Command(BaseCommand):
    help = "Write the stored keys of the same facts anew where they are of an older normalisation; may be stopped and started again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say how many are of an older normalisation; fails if any is")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            older = older_facts_keys()
            if older:
                raise CommandError(f"{older} referral(s) have keys of an older normalisation: run manage.py renew_facts_keys")
            self.stdout.write("All keys are of today's normalisation.")
            return
        done = 0
        for count in renew_all_facts_keys():
            done += count
            self.stdout.write(f"{done} referral(s)")
        self.stdout.write(f"{done} referral(s) renewed.")
