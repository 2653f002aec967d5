"""What a government leader may order, and what follows."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail
from django.test import TestCase

from accounts.kinds import Post
from core.errors import BadInput, WrongState
from core.models import AuditEntry
from documents.models import OfficialDocument
from foundation.work.queueing import find_lost
from notifications.models import Message
from oversight import services, watch
from oversight.models import Escalation
from referrals.models import Referral
from referrals.services import accept_referral
from tests import make


@pytest.fixture
def proposed(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng)
    watch.sweep(at("2026-03-13T00:00:01"))
    found = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    return services.propose_escalation(found.pk, by=xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), words="建议照此办理", order="supervise")


def leader(world):
    return world.actor("区政府", Post.GOVERNMENT_LEADER)


def test_designation_settles_the_referral_and_starts_the_clocks_anew(proposed, xuecheng):
    with pytest.raises(BadInput) as error:
        services.instruct_escalation(proposed.pk, by=leader(xuecheng), order="designate", words="由民政局办")
    assert "handler" in error.value.fields
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.instruct_escalation(proposed.pk, by=leader(xuecheng), order="designate", words="由民政局办", handler=xuecheng.agencies["区民政局"])
    referral = Referral.objects.get(pk=proposed.subject_id)
    assert (referral.state, referral.to_agency.short_name, referral.bound) == ("delivered", "区民政局", True)
    assert OfficialDocument.objects.filter(kind="jurisdiction_decision", subject_id=referral.pk).exists()


def test_designation_is_refused_once_the_case_is_accepted_and_nothing_is_half_done(proposed, xuecheng):
    accept_referral(proposed.subject_id, by=make.receiver(xuecheng))
    with pytest.raises(WrongState):
        services.instruct_escalation(proposed.pk, by=leader(xuecheng), order="designate", words="依职责分工", handler=xuecheng.agencies["区民政局"])
    assert Escalation.objects.get(pk=proposed.pk).state == "proposed"


def test_an_order_to_explain_sends_no_letter(proposed, xuecheng):
    services.instruct_escalation(proposed.pk, by=leader(xuecheng), order="explain", words="说明")
    assert not OfficialDocument.objects.filter(kind="supervision_letter").exists()
    services.explain_escalation(proposed.pk, by=make.receiver(xuecheng), words="人手不足")
    clerk = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    assert services.close_escalation(proposed.pk, by=clerk, words="已答复").state == "closed"


def test_a_dismissal_needs_a_reason_and_stays_on_record(proposed, xuecheng):
    with pytest.raises(BadInput):
        services.dismiss_escalation(proposed.pk, by=leader(xuecheng), words=" ")
    services.dismiss_escalation(proposed.pk, by=leader(xuecheng), words="因公文系统故障")
    assert Escalation.objects.get(pk=proposed.pk).state == "dismissed"


def test_the_late_agency_may_explain_beforehand(proposed, xuecheng):
    services.explain_escalation(proposed.pk, by=make.receiver(xuecheng), words="正在核实")
    found = Escalation.objects.get(pk=proposed.pk)
    assert (found.state, found.explanation) == ("proposed", "正在核实")


def test_a_hand_over_tells_discipline_inspection(proposed, xuecheng):
    services.instruct_escalation(proposed.pk, by=leader(xuecheng), order="supervise", words="督办", until=date(2099, 12, 31))
    services.hand_over_escalation(proposed.pk, by=xuecheng.actor("区政府督查室", Post.SUPERVISION), words="多次督办不办")
    assert Escalation.objects.get(pk=proposed.pk).state == "handed_over"
    assert Message.objects.filter(user=xuecheng.user("区纪委监委", Post.HEAD)).exists()


def test_a_refused_act_is_in_the_trail(proposed, xuecheng):
    from core.errors import NotAllowed

    with pytest.raises(NotAllowed):
        services.dismiss_escalation(proposed.pk, by=make.receiver(xuecheng), words="依职责分工")
    entry = AuditEntry.objects.get(verb="escalation.refused", subject_id=str(proposed.pk))
    assert (entry.detail["act"], entry.actor_user_id) == ("dismiss", make.receiver(xuecheng).user_id)


def test_mail_goes_out_once_and_only_for_what_the_person_wants(xuecheng, at):
    user = xuecheng.user("区综合行政执法局")
    user.mail_kinds = ["arrived"]
    user.save()
    at("2026-03-09T09:00")
    make.delivered(xuecheng)
    watch.sweep(at("2026-03-11T09:00"))
    find_lost(at("2026-03-11T09:01"))
    find_lost(at("2026-03-11T09:10"))
    assert [m.to for m in mail.outbox] == [[user.email]]
    assert Message.objects.filter(user=user, kind="due_soon").exists()
