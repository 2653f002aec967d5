"""`manage.py seed_demo`: the rules, the calendar and the Xuecheng demonstration; a second run changes nothing."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.actors import system_actor
from config.celery import app
from deadlines import loading
from demo import cases
from demo.world import build_world
from referrals.models import Referral


class Command(BaseCommand):
    help = "Seed the demonstration (needs DEMO_PASSWORD in the environment)."

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DEMO_PASSWORD", "")
        if len(password) < 10:
            raise CommandError("DEMO_PASSWORD must be set to at least 10 characters.")
        loading.load_shipped_years()
        loading.load_shipped_profiles(by=system_actor("demo"))
        if Referral.objects.exists():
            self.stdout.write("the demonstration is there already")
            return
        app.conf.task_always_eager = True
        with translation.override("zh-hans"):
            world = build_world("xuecheng", password=password)
            cases.tell(world)
        self.stdout.write(f"{Referral.objects.count()} referrals")
