"""`manage.py renew_words`: every referral is found by what it says, as the search reads it today."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from referrals.services.wording import renew_words


class Command(BaseCommand):
    help = "Write the words of the search anew, batch by batch; may be stopped and started again (--after says where it stopped)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", type=int, default=0, help="go on after this referral")

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        for count, last in renew_words(after=options["after"]):
            done += count
            self.stdout.write(f"{done} referral(s), the last {last}")
