"""What cannot be undone is said before it is done, to whom and by when, and takes two presses; the answer names number and next step."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput
from referrals import services
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS
from referrals.models import Dispute, Referral
from tests import make
from tests.house.test_permission_matrix import proposed_dispute

# What can be taken up again, or is nobody's but the own side's.
REVERSIBLE = {
    "give_prior_notice", "submit", "return_to_drafter", "sign_for", "request_supplement", "supply_supplement", "refile", "refer_onward",
    "handle", "grant_reading", "take_back_reading", "receipt_filing", "set_contact", "write_progress", "record_interim_handling", "release_unscanned",
    "offer_agreement", "propose",
}  # fmt: skip


def panel(client, referral, verb):
    page = client.get(reverse("referral", args=[referral.pk])).content.decode()
    return re.search(rf'<div class="act" id="act-{verb}">.*?</details>', page, re.S).group()


def test_each_act_is_one_or_the_other():
    doors = REFERRAL_DOORS | DISPUTE_DOORS
    assert {verb for verb, door in doors.items() if not door.irreversible} == REVERSIBLE


def test_a_signature_takes_a_second_press_that_names_addressee_and_due_date(xuecheng, client, at):
    at("2026-03-09T09:00")
    referral = make.submitted(xuecheng)
    client.force_login(make.signer(xuecheng).user)
    shown = panel(client, referral, "sign")
    assert "<details >" in shown
    assert "确认签发" in shown
    assert f"发往：{referral.to_agency.name}" in shown
    assert "2026-03-12（周四）前" in shown
    answer = client.post(reverse("act", args=[referral.pk, "sign"]), {"version": referral.version}, follow=True).content.decode()
    number = Referral.objects.get(pk=referral.pk).number
    assert f"文号：{number}。" in answer
    assert re.search(r"接下来：区综合行政执法局 .*，2026-03-12（周四）前。", answer)


def test_an_answer_says_which_date_it_meets(xuecheng, client, at):
    at("2026-03-09T09:00")
    referral = make.signed_for(xuecheng)
    client.force_login(make.receiver(xuecheng).user)
    shown = panel(client, referral, "not_accept")
    assert "2026-03-12（周四）前" in shown
    assert "发往：" in shown


def test_a_decision_names_the_date_that_it_starts(zhoucun, client, at):
    at("2026-03-09T09:00")
    referral = make.accepted(zhoucun)
    client.force_login(make.receiver(zhoucun).user)
    shown = panel(client, referral, "decide")
    assert "确认作出处理决定" in shown


def test_a_choice_left_open_decides_nothing(xuecheng, client):
    dispute = proposed_dispute(xuecheng)
    leader = xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    with pytest.raises(BadInput) as refusal:
        services.designate_agency(dispute.pk, by=leader, handler=None, reasons="依职责")
    assert refusal.value.fields["handler"]
    client.force_login(leader.user)
    answer = client.post(reverse("dispute-act", args=[dispute.pk, "designate"]), {"handler": "", "reasons": "依职责"})
    assert answer.status_code == 400
    assert "依职责" in answer.content.decode()
    assert Dispute.objects.get(pk=dispute.pk).state == "proposed"


def test_the_leader_sees_the_proposal_where_the_choice_is_made(xuecheng, client):
    dispute = proposed_dispute(xuecheng)
    client.force_login(xuecheng.actor("区政府", Post.GOVERNMENT_LEADER).user)
    page = client.get(reverse("referral", args=[dispute.referral_id])).content.decode()
    shown = re.search(r'<div class="act" id="act-designate">.*?</details>', page, re.S).group()
    assert "拟办意见：" in shown
    assert "建议照此办理" in shown
    assert re.search(rf'<option value="{xuecheng.agencies["区民政局"].pk}" selected>', shown)
    assert "first-on-phone" not in page, "the facts come before the decision"


def test_a_party_is_not_shown_the_proposal(xuecheng, client):
    dispute = proposed_dispute(xuecheng)
    client.force_login(make.sender(xuecheng, Post.LEADER).user)
    assert "建议照此办理" not in client.get(reverse("referral", args=[dispute.referral_id])).content.decode()


def test_what_needs_words_stands_open_and_what_needs_none_waits_for_a_press(xuecheng, client):
    client.force_login(make.receiver(xuecheng).user)
    handled = services.handle_referral(make.accepted(xuecheng).pk, by=make.receiver(xuecheng))
    assert "<details open>" in panel(client, handled, "decide")
    waiting = make.signed_for(xuecheng, party_code=make.credit_code(4))
    assert "<details >" in panel(client, waiting, "accept")


def test_a_duty_that_ran_out_is_not_announced_as_to_come(xuecheng, client, at):
    at("2026-03-09T09:00")
    referral = make.signed_for(xuecheng)
    at("2026-03-16T09:00")
    client.force_login(make.receiver(xuecheng).user)
    page = client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert "已于 2026-03-12（周四）到期。" in page
