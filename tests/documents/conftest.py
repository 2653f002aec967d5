"""Documents as files, whichever test wants to look at them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import TestCase

from accounts.kinds import Post
from documents.models import OfficialDocument
from oversight import services as desk
from oversight import watch
from oversight.models import Escalation
from referrals import services
from tests import make

RARE = "囍龘镕喆堃䶮珺玥"


@pytest.fixture
def every_kind(xuecheng, qidong, yiyuan, at):
    """One rendered document of every kind, by kind: a referral done, refused, disputed and decided, overdue, and extended."""
    at("2026-03-09T09:00")
    with TestCase.captureOnCommitCallbacks(execute=True):
        _done(xuecheng)
        refused = make.signed_for(xuecheng, party_code=make.credit_code(2))
        services.not_accept_referral(refused.pk, by=make.receiver(xuecheng), kind="papers", reasons="缺少进货凭证，无法核查（共③项）。")
        _disputed(xuecheng)
        make.submitted(yiyuan)
        services.extend_referral(make.draft(qidong).pk, by=make.sender(qidong), reason="需要委托鉴定，面积约1200㎡。")
    with TestCase.captureOnCommitCallbacks(execute=True):
        _overdue(xuecheng, at)
    return {document.kind: document for document in OfficialDocument.objects.order_by("pk")}


def _done(world):
    return make.reported(
        world, party_name=f"枣庄{RARE}商贸有限公司", urgent=True, urgent_reason="正在倾倒", confidentiality="trade",
        facts="占用道路约20.5㎡，深½m，挖土38m³，气温38℃，罚款5‰；照片①至⑫、录像Ⅻ段，共☑3件☐0件。",
    )  # fmt: skip


def _disputed(world):
    dispute = make.disputed(world, party_code=make.credit_code(3))
    third = world.agencies["区民政局"]
    services.report_dispute(dispute.pk, by=make.receiver(world, Post.LEADER))
    office, leader = world.actor("区政府办公室", Post.GOVERNMENT_CLERK), world.actor("区政府", Post.GOVERNMENT_LEADER)
    services.propose_designation(dispute.pk, by=office, words="建议指定", handler=third)
    services.designate_agency(dispute.pk, by=leader, handler=make.proposed_handler(dispute), reasons="该路段由其管理。")


def _overdue(world, at):
    late = make.delivered(world, party_code=make.credit_code(4))
    watch.sweep(at("2026-03-13T00:00:01"))
    found = Escalation.objects.get(subject_kind="referral", subject_id=late.pk)
    office, leader = world.actor("区政府办公室", Post.GOVERNMENT_CLERK), world.actor("区政府", Post.GOVERNMENT_LEADER)
    desk.propose_escalation(found.pk, by=office, words="拟督办", order="supervise")
    desk.instruct_escalation(found.pk, by=leader, words="请立即答复。", order="supervise", until=date(2026, 3, 16))
    services.remind_referral(late.pk, by=make.sender(world), note="请于本周内答复。")
