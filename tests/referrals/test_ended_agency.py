"""An ended agency is not offered and, named all the same, is refused: at the service, so by the page, REST and the administration."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import system_actor
from accounts.kinds import TOWNSHIP_KINDS, Post
from accounts.models import Agency
from administration.keeping import keep
from core.errors import BadInput
from foundation.cases.models import Matter
from oversight.doors import ESCALATION_DOORS
from referrals import services
from referrals.doors import DISPUTE_DOORS, REFERRAL_DOORS
from referrals.forms import bound_to
from referrals.models import Referral
from systems.clients import register_client
from systems.forms import RegisterForm
from tests import make
from tests.administration.conftest import keeper

OTHER = "区教体局"


def ended(world, name=OTHER):
    """The agency's row after its last day; nobody succeeds it."""
    pk = world.agencies[name].pk
    Agency.objects.filter(pk=pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    return Agency.objects.get(pk=pk)


def a_township(world):
    return next(name for name, a in world.agencies.items() if a.kind in TOWNSHIP_KINDS)


def refused(field, act):
    with pytest.raises(BadInput) as refusal:
        act()
    assert refusal.value.fields[field].endswith("。")
    assert "撤并" in refusal.value.fields[field]


@pytest.mark.parametrize("field", ["to_agency", "copies", "township"])
def test_a_draft_does_not_take_it(xuecheng, field):
    gone = ended(xuecheng, a_township(xuecheng) if field == "township" else OTHER)
    value = [gone] if field == "copies" else gone
    refused(field, lambda: make.draft(xuecheng, **{field: value}))
    draft = make.draft(xuecheng)
    refused(field, lambda: services.save_draft(draft.pk, by=make.sender(xuecheng), data={field: value}))


@pytest.mark.parametrize("field", ["to_agency", "copies", "township"])
def test_the_page_and_rest_do_not_take_it(xuecheng, client, field):
    gone = ended(xuecheng, a_township(xuecheng) if field == "township" else OTHER)
    draft = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    page = client.get(reverse("new-referral"))
    assert gone not in page.context["form"].fields[field].queryset
    value = [gone.pk] if field == "copies" else gone.pk
    url = f"/api/v1/referrals/{draft.pk}/"
    sent = client.patch(url, json.dumps({field: value}), content_type="application/json", headers={"If-Match": "*"})
    assert sent.status_code == 400
    assert field in str(sent.json()["errors"])


def test_one_that_ended_since_is_refused_at_submission_and_at_signing(xuecheng):
    draft, submitted = make.draft(xuecheng), make.submitted(xuecheng, party_code=make.credit_code(3))
    copied = make.draft(xuecheng, party_code=make.credit_code(4), copies=[xuecheng.agencies[OTHER]])
    ended(xuecheng)
    refused("copies", lambda: services.submit_referral(copied.pk, by=make.sender(xuecheng)))
    ended(xuecheng, make.SIDES["xuecheng"][1])
    refused("to_agency", lambda: services.submit_referral(draft.pk, by=make.sender(xuecheng)))
    refused("to_agency", lambda: services.sign_referral(submitted.pk, by=make.signer(xuecheng)))


def test_a_letter_back_for_its_papers_goes_out_again_to_the_successor(xuecheng):
    letter = services.withdraw_referral(make.delivered(xuecheng).pk, by=make.sender(xuecheng), reason="补充材料")
    gone = ended(xuecheng, make.SIDES["xuecheng"][1])
    Agency.objects.filter(pk=gone.pk).update(successor=xuecheng.agencies["区市场监管局"])
    again = services.refile_referral(letter.pk, by=make.sender(xuecheng))
    assert again.to_agency == xuecheng.agencies["区市场监管局"]
    assert services.submit_referral(again.pk, by=make.sender(xuecheng)).state == "submitted"


def test_no_act_in_a_dispute_names_it(xuecheng):
    gone = ended(xuecheng)
    accepted = make.signed_for(xuecheng, party_code=make.credit_code(5))
    by = make.receiver(xuecheng, Post.LEADER)
    refused("suggested", lambda: services.object_referral(accepted.pk, by=by, reasons="不属本机关管辖", suggested=gone))
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=by)
    office, leader = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK), xuecheng.actor("区政府", Post.GOVERNMENT_LEADER)
    refused("handler", lambda: services.propose_designation(dispute.pk, by=office, words="建议照此办理", handler=gone))
    refused("handler", lambda: services.designate_agency(dispute.pk, by=leader, handler=gone, reasons="依法应由其管辖"))


@pytest.mark.parametrize("doors", [REFERRAL_DOORS, DISPUTE_DOORS, ESCALATION_DOORS], ids=["referral", "dispute", "escalation"])
def test_no_form_of_an_act_offers_it(xuecheng, doors):
    gone = ended(xuecheng)
    forms = [door.form for door in doors.values() if getattr(door.form, "agencies", ())]
    assert forms
    for form in forms:
        made = bound_to(form, make.sender(xuecheng))
        for name in form.agencies:
            assert xuecheng.agencies["区市场监管局"] in made.fields[name].queryset
            assert gone not in made.fields[name].queryset


def test_no_client_acts_for_it(xuecheng):
    gone, by = ended(xuecheng), keeper(xuecheng, Post.SECURITY)
    given = {"name": "办案系统", "post": Post.CLERK, "scopes": ["read"], "expires_at": timezone.now() + dt.timedelta(days=90)}
    refused("agency", lambda: register_client(by=system_actor("test"), agency=gone, **given))
    assert gone not in RegisterForm(by=by).fields["agency"].queryset


def test_the_administration_neither_offers_nor_keeps_it(xuecheng, client):
    gone, by = ended(xuecheng), keeper(xuecheng, Post.ADMINISTRATOR)
    matter = Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).exclude(competent=gone).first()
    client.force_login(by.user)
    offered = client.get(reverse("admin:cases_matter_change", args=[matter.pk])).context["adminform"].form.fields["competent"].queryset
    assert gone not in offered
    assert matter.competent in offered
    matter.competent = gone
    refused("competent", lambda: keep(matter, by=by))
    child = Agency.objects.get(pk=xuecheng.agencies["区市场监管局"].pk)
    child.parent = gone
    refused("parent", lambda: keep(child, by=by))


def test_a_row_that_names_it_already_is_still_shown_with_it_and_kept(xuecheng, client):
    matter = Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).first()
    Matter.objects.filter(pk=matter.pk).update(competent=xuecheng.agencies[OTHER])
    gone, by = ended(xuecheng), keeper(xuecheng, Post.ADMINISTRATOR)
    client.force_login(by.user)
    offered = client.get(reverse("admin:cases_matter_change", args=[matter.pk])).context["adminform"].form.fields["competent"].queryset
    assert gone in offered
    matter = Matter.objects.get(pk=matter.pk)
    matter.name = matter.name + "（修订）"
    keep(matter, by=by)


def test_a_draft_that_names_it_already_keeps_what_is_typed(xuecheng):
    draft = make.draft(xuecheng)
    gone = ended(xuecheng, make.SIDES["xuecheng"][1])
    services.save_draft(draft.pk, by=make.sender(xuecheng), data={"to_agency": gone, "facts": "经查，该处新增了堆放的砂石。"})
    assert Referral.objects.get(pk=draft.pk).case.facts.startswith("经查")
