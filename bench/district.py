"""What every case of one district needs to know: agencies and their weights, matters, rules, due dates counted once."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.utils import timezone

from accounts.kinds import OVERSEER_KINDS, PARTY_KINDS, AgencyKind
from accounts.models import Agency
from bench.words import Words
from deadlines.book import current_calendar, profile_of, rules_for
from deadlines.due import compute_due
from deadlines.profile import Profile
from foundation.cases.models import Matter
from referrals.models import Referral
from referrals.rules import REFERRAL, REPLY, RESULT, clock_key

DISTRICTS = (("xuecheng", 40), ("zhoucun", 20), ("shuocheng", 15), ("yiyuan", 10), ("qidong", 15))


class District:
    """What every case of one district needs to know."""

    def __init__(self, key: str, seed: int, cases: int) -> None:
        from accounts.models import Jurisdiction

        self.jurisdiction = Jurisdiction.objects.get(key=key)
        today = timezone.localdate()
        self.calendar = current_calendar()
        self.rules = rules_for(self.jurisdiction, today)
        self.profile: Profile = self.rules.profile
        agencies = list(Agency.objects.in_being(today).filter(jurisdiction=self.jurisdiction).order_by("pk"))
        self.parties = [a for a in agencies if a.kind in PARTY_KINDS]
        self.weights = [1 / (n + 1) for n in range(len(self.parties))]
        self.bureau = next((a for a in self.parties if a.kind == AgencyKind.ENFORCEMENT_BUREAU), self.parties[0])
        self.offices = [a for a in agencies if a.kind in OVERSEER_KINDS]
        self.matters = list(Matter.objects.filter(jurisdiction=self.jurisdiction).order_by("pk"))
        self.words = Words(seed, self.jurisdiction.name, max(cases // 8, 50))
        self.kind = self.profile.referral.kinds[0].key if self.profile.referral.kinds else ""
        probe = Referral(version_of_rules=self.rules.version, options=self.rules.options, kind=self.kind, from_agency=self.parties[-1])
        self.keys = {role: clock_key(probe, role) for role in (REFERRAL, REPLY, RESULT)}

    @lru_cache(maxsize=50_000)  # noqa: B019 - lives as long as the load
    def due(self, key: str, event: dt.datetime, urgent: bool) -> Any:
        options = tuple(sorted((k, str(v)) for k, v in self.rules.options.items()))
        return compute_due(profile_of(self.rules.version.pk), key, event, self.calendar, urgent=urgent, options=options, explain=False)
