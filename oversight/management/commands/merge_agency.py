"""`manage.py merge_agency xuecheng urban_management --into enforcement_bureau --on 2027-01-01`: one agency goes on in another."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actors import system_actor
from accounts.services import merge_agency
from core.errors import Refused
from oversight.management.naming import agency_named
from oversight.succession import carry_out_end, keep_agency


class Command(BaseCommand):
    help = "Merge an agency into its successor, from a day on (before that day it works as ever; the watch carries it out)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("district", help="the district's key")
        parser.add_argument("agency", help="the agency's key or name")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--into", help="the successor's key or name")
        what.add_argument("--undo", action="store_true", help="take a registered end back that is still to come")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="the first day of the successor, YYYY-MM-DD; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        by = system_actor("merge_agency")
        try:
            agency = agency_named(options["district"], options["agency"])
            if options["undo"]:
                keep_agency(agency, by=by)
                self.stdout.write(f"{agency.name}: 继续存在")
                return
            into, on = agency_named(options["district"], options["into"]), options["on"] or timezone.localdate()
            merge_agency(agency, into=into, on=on, by=by)
        except Refused as refusal:
            sys.stderr.write(f"merge_agency: {refusal}\n")
            sys.exit(2)
        done = "已由其承继" if carry_out_end(agency.pk, timezone.now()) else "届时由巡查办理"
        self.stdout.write(f"{agency.name}: 自 {on} 起并入 {into.name}，{done}")
