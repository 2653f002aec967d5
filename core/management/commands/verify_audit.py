"""`manage.py verify_audit`: prove the trail, or name the first broken, missing or inserted entry. Exit code 1 when broken."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from core.audit import broken_chains
from core.models import AuditEntry, AuditSeal
from core.seals import broken_seals


class Command(BaseCommand):
    help = "Verify the hash chains and seals of the audit trail."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [*broken_chains(), *broken_seals()]
        for problem in problems[:50]:
            self.stdout.write(problem)
        if problems:
            self.stdout.write(f"audit trail BROKEN: {len(problems)} finding(s)")
            sys.exit(1)
        self.stdout.write(f"audit trail intact: {AuditEntry.objects.count()} entries, {AuditSeal.objects.count()} seals")
