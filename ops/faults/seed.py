"""`python -m ops.faults.seed N`: one district with N letters that wait for their signature; prints who may do what, as JSON."""

from __future__ import annotations

import datetime as dt
import io
import json
import sys
from importlib import import_module
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone, translation
from stdnum.cn import uscc

from accounts.actors import system_actor
from accounts.kinds import Post
from accounts.models import PostHolding, User
from accounts.services import make_token
from core.etags import etag_of
from deadlines import loading
from demo.world import World, build_world
from foundation.cases.models import Matter
from notifications.models import Message
from referrals import services
from referrals.rules import HEADS
from systems.clients import actor_of, register_client
from systems.endpoints import subscribe

SENDER, RECEIVER = "区住建局", "区综合行政执法局"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def data(world: World, number: int, late: bool) -> dict[str, Any]:
    """A case that is like no other: another firm, another house. `late`: its letter should have been out long ago."""
    since = timezone.now() - dt.timedelta(days=20 if late else 0)
    rules, body = world.profile.referral, f"91370403MA4C{number:05d}"
    return {
        "source": "inspection", "found_at": since - dt.timedelta(hours=2), "place": f"薛城区泰山南路{number}号", "township": None, "ongoing": False,
        "onsite_measures": "", "matter": Matter.objects.filter(jurisdiction=world.jurisdiction).first(),
        "facts": f"第{number}处现场检查发现当事人在道路上堆放建筑材料，未取得占用许可。", "party_kind": "enterprise", "party_name": f"枣庄第{number}建材有限公司",
        "party_code": body + uscc.calc_check_digit(body), "urgent": False, "urgent_reason": "", "preliminary_investigation": "已作现场检查并拍照。",
        "prior_correction": "已责令限期改正。", "to_agency": world.agencies[RECEIVER], "reasons": "该行为由对方行使行政处罚权，本机关没有处罚权。",
        "determined_at": since - dt.timedelta(hours=1), "kind": rules.kinds[0].key if rules.kinds else "",
        "ground": rules.grounds[0].key if rules.grounds else "",
        "quality_checked": list(rules.quality_checklist.items) if rules.quality_checklist else [], "contact": "经办人，0632-4400000",
    }  # fmt: skip


def waiting_letter(world: World, number: int, late: bool) -> list[Any]:
    """One letter that only lacks its signature: its id and the tag of its version."""
    clerk = world.actor(SENDER, Post.CLERK)
    referral = services.start_draft(by=clerk, data=data(world, number, late))
    for slot in ("source_materials", "preliminary_evidence"):
        services.attach_material(referral.pk, by=clerk, slot=slot, name=f"{slot}.pdf", size=len(PDF), stream=io.BytesIO(PDF))
    referral = services.submit_referral(referral.pk, by=clerk)
    return [referral.pk, etag_of(referral).strip('"')]


def cookie_of(holding: PostHolding) -> str:
    """A session of this person, as a browser would send it."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    login(request, holding.user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["holding"] = holding.pk
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def listened_to(world: World, address: str) -> None:
    """The receiving agency's own system hears of everything that the agency may see."""
    by = system_actor("faults")
    client, _secret = register_client(
        by=by, agency=world.agencies[RECEIVER], name="faults", post=Post.CLERK, scopes=["read"], expires_at=timezone.now() + dt.timedelta(days=1)
    )
    subscribe(client.pk, by=actor_of(client), url=address, verbs=[])


def seed(letters: int, *, late: bool = False, listener: str = "", password: str = "") -> dict[str, Any]:
    """The world, its letters, and who may do what in it. Everybody at the receiving agency wants mail; the broker gets nothing: no act here queues work.

    `late`: every other letter is overdue; `listener`: the address to which events go; `password`: everybody's.
    """
    with translation.override("zh-hans"):
        loading.load_shipped_years()
        loading.load_shipped_profiles(by=system_actor("faults"))
        world = build_world("xuecheng", password=password)
        User.objects.filter(pk__in=PostHolding.objects.filter(agency=world.agencies[RECEIVER]).values("user")).update(
            mail_kinds=[str(Message.Kind.ARRIVED), str(Message.Kind.DESK)]
        )
        head = Post.HEAD if world.profile.referral.head_approval.role in HEADS else Post.LEADER
        by = system_actor("faults")
        clerks = [world.holdings[name, Post.CLERK] for name in (SENDER, RECEIVER)]
        tokens = [make_token(by=by, holding=h, name="faults")[1] for h in clerks]
        signer = make_token(by=by, holding=world.holdings[SENDER, head], name="faults")[1]
        rows = [waiting_letter(world, n, late and n % 2 == 0) for n in range(1, letters + 1)]
        if listener:
            listened_to(world, listener)
    return {"world": world, "referrals": rows, "tokens": tokens, "signer": signer, "cookie": cookie_of(clerks[0]), "sign_in": clerks[0].user.username}


if __name__ == "__main__":
    print(json.dumps(seed(int(sys.argv[1])) | {"world": None}))
