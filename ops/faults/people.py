"""Who takes part in the soak: a clerk and a signing leader each of many agencies, and the form of a case that each may file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from stdnum.cn import uscc

from accounts.kinds import PARTY_KINDS, Post
from accounts.models import PostHolding
from demo.world import World
from foundation.cases.models import Matter
from ops.faults.seed import RECEIVER
from referrals.rules import HEADS


def pairs(world: World) -> list[dict[str, Any]]:
    """Clerk and leader of each agency that may refer, except the one that receives."""
    head = Post.HEAD if world.profile.referral.head_approval.role in HEADS else Post.LEADER
    found = []
    for name, agency in world.agencies.items():
        clerk, leader = (world.holdings.get((name, post)) for post in (Post.CLERK, head))
        if name != RECEIVER and agency.kind in PARTY_KINDS and clerk and leader:
            found.append({"clerk": clerk.user.username, "user": clerk.user_id, "holding": clerk.pk, "leader": leader.user.username})
    return found


def everybody(world: World, most: int) -> list[str]:
    """So many people's names for signing in, no two alike."""
    rows = PostHolding.objects.filter(agency__jurisdiction=world.jurisdiction, machine=False).order_by("pk")
    return list(dict.fromkeys(rows.values_list("user__username", flat=True)))[:most]


def plain_form(world: World) -> dict[str, Any]:
    """What every case of the soak has in common, as the page sends it."""
    now, rules = timezone.localtime(), world.profile.referral
    matter = Matter.objects.filter(jurisdiction=world.jurisdiction).first()
    return {
        "source": "inspection", "found_at": f"{now - dt.timedelta(hours=2):%Y-%m-%dT%H:%M}", "matter": matter.pk if matter else "",
        "party_kind": "enterprise", "preliminary_investigation": "已作现场检查并拍照。", "prior_correction": "已责令限期改正。",
        "to_agency": world.agencies[RECEIVER].pk, "reasons": "该行为由对方行使行政处罚权。",
        "determined_at": f"{now - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}", "kind": rules.kinds[0].key if rules.kinds else "",
        "ground": rules.grounds[0].key if rules.grounds else "", "confidentiality": "none",
        "quality_checked": list(rules.quality_checklist.items) if rules.quality_checklist else [], "contact": "经办人，0632-4400000",
    }  # fmt: skip


def case_of(plain: dict[str, Any], number: int, words: str) -> dict[str, Any]:
    """A case that is like no other: another firm, another house, these facts."""
    body = f"91370403MA5D{number:05d}"
    code = body + uscc.calc_check_digit(body)
    return plain | {"place": f"薛城区海河路{number}号", "facts": words, "party_name": f"枣庄第{number}商贸有限公司", "party_code": code}
