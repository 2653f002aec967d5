"""Back for its papers and out again: to the same receiver, linked, counted; never round an objection or a decision."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed
from deadlines.clocks import open_clock
from referrals import services
from referrals.models import Referral
from tests import make


def returned(world, kind="papers", **changes):
    return services.not_accept_referral(make.signed_for(world, **changes).pk, by=make.receiver(world), kind=kind, reasons="缺少照片。")


def refiled_and_out(world, referral):
    again = services.refile_referral(referral.pk, by=make.sender(world))
    services.submit_referral(again.pk, by=make.sender(world))
    from django.test import TestCase

    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(again.pk, by=make.sender(world, Post.LEADER))
    return Referral.objects.select_related("from_agency", "to_agency", "case__matter").get(pk=again.pk)


def test_after_a_return_for_papers_it_goes_to_the_same_receiver_again(xuecheng, at):
    at("2026-03-09T09:00")
    first = returned(xuecheng)
    at("2026-03-12T09:00")
    again = services.refile_referral(first.pk, by=make.sender(xuecheng))
    first = Referral.objects.get(pk=first.pk)
    assert (first.state, first.end_reason) == ("taken_back", "补齐材料后重新移送")
    assert (again.refiled_from_id, again.refiled_times, again.to_agency_id, again.case_id) == (first.pk, 1, first.to_agency_id, first.case_id)
    # The duty stands again from the day on which the letter came back.
    assert open_clock(("referral", again.pk), "referral").event_at == first.answered_at
    services.submit_referral(again.pk, by=make.sender(xuecheng))
    signed = services.sign_referral(again.pk, by=make.sender(xuecheng, Post.LEADER))
    assert signed.another_case_of == []


def test_each_time_is_counted(xuecheng):
    first = returned(xuecheng)
    second = refiled_and_out(xuecheng, first)
    services.not_accept_referral(second.pk, by=make.receiver(xuecheng), kind="papers", reasons="仍缺照片。")
    third = refiled_and_out(xuecheng, second)
    assert (second.refiled_times, third.refiled_times, third.refiled_from_id) == (1, 2, second.pk)


def test_only_to_the_same_receiver(xuecheng):
    again = services.refile_referral(returned(xuecheng).pk, by=make.sender(xuecheng))
    services.save_draft(again.pk, by=make.sender(xuecheng), data={"to_agency": xuecheng.agencies["区民政局"]})
    with pytest.raises((BadInput, NotAllowed)) as error:
        services.submit_referral(again.pk, by=make.sender(xuecheng))
    assert error.value.clause == "XC-2.2-g"


def test_after_own_withdrawal(xuecheng):
    out = make.delivered(xuecheng)
    services.withdraw_referral(out.pk, by=make.sender(xuecheng), reason="文字有误")
    again = services.refile_referral(out.pk, by=make.sender(xuecheng))
    assert again.refiled_from_id == out.pk
    assert Referral.objects.get(pk=out.pk).state == "withdrawn"


@pytest.mark.parametrize("kind", ["handled", "no_violation", "other"])
def test_not_after_a_refusal_for_other_reasons(xuecheng, kind):
    with pytest.raises(NotAllowed) as error:
        services.refile_referral(returned(xuecheng, kind).pk, by=make.sender(xuecheng))
    assert error.value.clause == "XC-2.2-g"


def test_not_after_an_objection(xuecheng):
    first = returned(xuecheng)
    dispute = services.object_referral(first.pk, by=make.receiver(xuecheng), reasons="不归我")
    services.offer_agreement(dispute.pk, by=make.receiver(xuecheng, Post.LEADER), handler=first.from_agency, words="由贵局办理")
    services.confirm_agreement(dispute.pk, by=make.sender(xuecheng, Post.LEADER), offer=1)
    with pytest.raises(NotAllowed):
        services.refile_referral(first.pk, by=make.sender(xuecheng))


def test_once(xuecheng):
    first = returned(xuecheng)
    services.refile_referral(first.pk, by=make.sender(xuecheng))
    with pytest.raises(NotAllowed, match="已经重新移送"):
        services.refile_referral(first.pk, by=make.sender(xuecheng))


def test_typed_again_instead_it_is_shown_the_road(xuecheng):
    first = returned(xuecheng)
    services.take_back_referral(first.pk, by=make.sender(xuecheng), reason="补材料")
    with pytest.raises(NotAllowed, match="重新移送") as error:
        make.draft(xuecheng)
    assert error.value.more()["candidates"][0]["road"] == "refile"


def test_count_and_link_on_page_rest_list_ledger_and_the_overseers_list(xuecheng, client):
    first = returned(xuecheng)
    again = refiled_and_out(xuecheng, first)
    make.delivered(xuecheng, party_code=make.credit_code(4))
    client.force_login(make.sender(xuecheng).user)
    assert "第 1 次重新移送" in client.get(reverse("referral", args=[again.pk])).content.decode()
    whole = client.get(f"/api/v1/referrals/{again.pk}/").json()
    assert (whole["refiled_times"], whole["refiled_from"]) == (1, first.pk)
    assert client.get(f"/api/v1/referrals/{first.pk}/").json()["refiled_to"] == [again.pk]
    listed = client.get("/api/v1/referrals/?refiled=true").json()["results"]
    assert [one["id"] for one in listed] == [again.pk]
    page = client.get(reverse("referrals") + "?refiled=on").content.decode()
    assert again.number in page
    assert first.number not in page
    ledger = b"".join(client.get("/api/v1/referrals/ledger/?form=ndjson").streaming_content).decode()
    rows = {row["文号"]: row["重新移送次数"] for row in map(json.loads, ledger.splitlines())}
    assert (rows[again.number], rows[first.number]) == ("1", "0")
    client.force_login(xuecheng.user("区政府督查室", Post.SUPERVISION))
    assert again.number in client.get(reverse("returned")).content.decode()


def test_the_button_leads_on_to_the_new_draft(xuecheng, client):
    first = returned(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    answer = client.post(reverse("act", args=[first.pk, "refile"]), {})
    again = Referral.objects.get(refiled_from=first)
    assert answer.url == reverse("edit-referral", args=[again.pk])
