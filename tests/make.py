"""Bring a referral into a state through the services, as people would."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import TestCase
from django.utils import timezone

from accounts.kinds import Post
from demo.world import World
from foundation.cases.models import Matter
from referrals import services
from referrals.models import Referral
from referrals.rules import HEADS, needs_head
from tests.conftest import pdf

SIDES = {
    "xuecheng": ("区住建局", "区综合行政执法局"),
    "zhoucun": ("区住建局", "区综合行政执法局"),
    "shuocheng": ("神头镇", "区住房和城乡建设局"),
    "yiyuan": ("县住房城乡建设局", "县综合行政执法局"),
    "qidong": ("市住房和城乡建设局", "汇龙镇"),
}
CODE = "91370403MA3C4H6W1L"


def credit_code(number: int = 0) -> str:
    """A credit code with a right check character."""
    from stdnum.cn import uscc

    body = f"91370403MA3C{number:05d}"
    return body + uscc.calc_check_digit(body)


def complete(world: World, **changes: Any) -> dict[str, Any]:
    """Everything that a letter needs under this world's document."""
    _sender, receiver = SIDES[world.jurisdiction.key]
    now = timezone.now()
    rules = world.profile.referral
    number = changes.get("party_code", credit_code())[12:17]
    # Another code is another firm in another house: what a test files twice on purpose, it says in full.
    firm, house = (f"枣庄{number}号建材有限公司", f"{int(number)}9") if number.isdecimal() and int(number) else ("枣庄喆堃建材有限公司", "88")
    data = {
        "source": "inspection", "found_at": now - timedelta(hours=2), "place": f"薛城区泰山南路{house}号", "township": None,
        "ongoing": False, "onsite_measures": "", "matter": Matter.objects.filter(jurisdiction=world.jurisdiction).first(),
        "facts": "现场检查发现当事人在道路上堆放建筑材料约二十平方米，未取得占用许可。", "party_kind": "enterprise",
        "party_name": firm, "party_code": credit_code(), "urgent": False, "urgent_reason": "",
        "preliminary_investigation": "已作现场检查，制作笔录并拍照。", "prior_correction": "已责令限期改正。",
        "to_agency": world.agencies[receiver], "reasons": "该行为由对方行使行政处罚权，本机关没有处罚权。", "determined_at": now - timedelta(hours=1),
        "kind": rules.kinds[0].key if rules.kinds else "", "ground": rules.grounds[0].key if rules.grounds else "",
        "quality_checked": list(rules.quality_checklist.items) if rules.quality_checklist else [],
        "contact": "经办人，0632-4400000",
        "rectify_told_on": timezone.localdate(now) if rules.rectification else None,
        "rectify_told": "已发责令改正通知书，当事人签收。" if rules.rectification else "",
    }  # fmt: skip
    return data | changes


def in_progress(world: World, **changes: Any) -> dict[str, Any]:
    """A violation that goes on, stopped and told of as this world's document wants it."""
    rule, now = world.profile.referral.in_progress, timezone.now()
    told = {"competent_told_at": now - timedelta(minutes=80), "competent_told": "住建局值班员王工，电话"} if rule and rule.tell_competent else {}
    return {"ongoing": True, "onsite_measures": "已责令停工。", "stopped_at": now - timedelta(minutes=90)} | told | changes


def draft(world: World, *, by: str = "", **changes: Any) -> Referral:
    sender = by or SIDES[world.jurisdiction.key][0]
    actor = world.actor(sender, Post.CLERK)
    referral = services.start_draft(by=actor, data=complete(world, **changes))
    for slot in ("source_materials", "preliminary_evidence"):
        if any(m.key == slot for m in world.profile.referral.materials):
            services.attach_material(referral.pk, by=actor, slot=slot, name=f"{slot}.pdf", size=len(pdf(slot).getvalue()), stream=pdf(slot))
    return referral


def submitted(world: World, **changes: Any) -> Referral:
    referral = draft(world, **changes)
    actor = world.actor(referral.from_agency.short_name, Post.CLERK)
    if world.profile.referral.prior_notice.required:
        services.give_prior_notice(referral.pk, by=actor, to="县综合行政执法局联络员，电话", at=timezone.now())
    return services.submit_referral(referral.pk, by=actor)


def signed(world: World, **changes: Any) -> Referral:
    referral = submitted(world, **changes)
    post = Post.HEAD if needs_head(referral) else Post.LEADER
    return services.sign_referral(referral.pk, by=world.actor(referral.from_agency.short_name, post))


def delivered(world: World, **changes: Any) -> Referral:
    """Signed, and the worker's part done: rendered and delivered."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        referral = signed(world, **changes)
    return Referral.objects.select_related("case__matter", "from_agency", "to_agency", "version_of_rules").get(pk=referral.pk)


def system() -> Any:
    from accounts.actors import system_actor

    return system_actor("test")


def receiver(world: World, post: str = Post.CLERK) -> Any:
    return world.actor(SIDES[world.jurisdiction.key][1], post)


def sender(world: World, post: str = Post.CLERK) -> Any:
    return world.actor(SIDES[world.jurisdiction.key][0], post)


def signer(world: World) -> Any:
    """Who may sign the sending agency's letter: its head where the document wants the head, else its leader in charge."""
    return sender(world, Post.HEAD if world.profile.referral.head_approval.role in HEADS else Post.LEADER)


def signed_for(world: World, **changes: Any) -> Referral:
    return services.sign_for_referral(delivered(world, **changes).pk, by=receiver(world))


def accepted(world: World, **changes: Any) -> Referral:
    return services.accept_referral(signed_for(world, **changes).pk, by=receiver(world))


def decided(world: World, **changes: Any) -> Referral:
    referral = accepted(world, **changes)
    return services.decide_referral(
        referral.pk, by=receiver(world), kind="penalty", decision="罚款人民币二千元。", number="薛综执罚字〔2026〕1号", at=timezone.now()
    )


def reported(world: World, **changes: Any) -> Referral:
    return services.report_result(decided(world, **changes).pk, by=receiver(world))


def objected(world: World, **changes: Any) -> Any:
    referral = delivered(world, **changes)
    return services.object_referral(referral.pk, by=receiver(world), reasons="该路段由园区管理，不属本机关管辖。")


def disputed(world: World, **changes: Any) -> Any:
    """Objected to and, where the document has the two negotiate first, talked about without an agreement."""
    dispute = objected(world, **changes)
    steps = world.profile.dispute_chains[world.profile.referral.not_ours.chain or ""]
    if any(step.act == "negotiate" for step in steps):
        services.offer_agreement(dispute.pk, by=receiver(world), handler=dispute.referral.from_agency, words="建议由贵单位办理。")
    return type(dispute).objects.select_related("referral__from_agency").get(pk=dispute.pk)


def granted(world: World, **changes: Any) -> Referral:
    """Delivered, and opened by the sender's leader to one person of an agency that has nothing to do with it."""
    referral = delivered(world, **changes)
    return services.grant_reading(referral.pk, by=sender(world, Post.LEADER), person=world.user("区教体局"))


def proposed_handler(dispute: Any) -> Any:
    """The agency that the office proposed: what a leader who agrees chooses."""
    return type(dispute).objects.select_related("proposed_handler").get(pk=dispute.pk).proposed_handler
