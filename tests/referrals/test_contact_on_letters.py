"""Whom a letter names to be asked: stated once, printed on every letter, and kept as it was signed."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from documents.models import OfficialDocument
from referrals import services
from referrals.models import Referral
from tests import make

NAMED = {"sender_department": "法规科", "sender_person": "王经办", "sender_phone": "0632-5550001"}
BARE = {"contact": ""}


def note(referral, kind="referral_letter"):
    return OfficialDocument.objects.filter(kind=kind, subject_id=referral.pk).latest("pk").content["note"]


def fresh(referral):
    return Referral.objects.select_related("from_agency").get(pk=referral.pk)


@pytest.fixture
def signed_in(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return client


def test_the_draft_asks_for_the_contact_once(xuecheng, signed_in):
    for address in (reverse("new-referral"), reverse("edit-referral", args=[make.draft(xuecheng).pk])):
        page = signed_in.get(address).content.decode()
        assert [page.count(f'name="{name}"') for name in ("contact", *NAMED)] == [0, 1, 1, 1]


def test_the_letter_names_the_department_the_person_and_the_telephone(xuecheng):
    assert note(make.signed(xuecheng, **BARE, **NAMED)) == "联系人：法规科 王经办，电话：0632-5550001"


def test_without_a_telephone_of_ones_own_the_agencys_is_printed(xuecheng):
    agency = make.sender(xuecheng).agency
    agency.phone = "0632-4440000"
    agency.save()
    assert note(make.signed(xuecheng, **BARE, **NAMED | {"sender_phone": ""})).endswith("王经办，电话：0632-4440000")


def test_what_a_letter_bears_stays_when_somebody_else_is_named_and_later_letters_name_that_one(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.delivered(xuecheng, **BARE, **NAMED)
    services.set_contact(referral.pk, by=make.sender(xuecheng), department="执法科", person="赵接手", phone="0632-5550002")
    assert fresh(referral).letter_contact == "法规科 王经办，电话：0632-5550001"
    at("2026-03-16T09:00")
    services.remind_referral(referral.pk, by=make.sender(xuecheng))
    assert note(referral, "reminder_letter") == "联系人：执法科 赵接手，电话：0632-5550002"


@pytest.mark.parametrize(("kind", "act"), [
    ("referral_acceptance_notice", lambda w, r: services.accept_referral(r.pk, by=make.receiver(w))),
    ("referral_non_acceptance_notice", lambda w, r: services.not_accept_referral(r.pk, by=make.receiver(w), kind="papers", reasons="材料不全，请补充")),
])  # fmt: skip
def test_the_receivers_letters_name_the_receivers_contact(xuecheng, kind, act):
    referral = make.signed_for(xuecheng)
    services.set_contact(referral.pk, by=make.receiver(xuecheng), department="案审科", person="孙承办", phone="0632-6660001")
    act(xuecheng, referral)
    assert note(referral, kind) == "联系人：案审科 孙承办，电话：0632-6660001"


def test_words_that_a_program_gave_for_it_are_printed_until_somebody_else_is_named(xuecheng, signed_in):
    referral = make.draft(xuecheng, **NAMED, contact="值班室，0632-110")
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"place": "别处", **NAMED})
    assert fresh(referral).letter_contact == "值班室，0632-110"
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"sender_person": "赵接手"})
    assert fresh(referral).letter_contact == "法规科 赵接手，电话：0632-5550001"


def test_rest_says_whom_the_letter_names(xuecheng, signed_in):
    referral = make.draft(xuecheng, **BARE, **NAMED)
    told = signed_in.get(reverse("api-referral", args=[referral.pk])).json()
    assert told["contact"] == "法规科 王经办，电话：0632-5550001"
    body = {"contact": "值班室，0632-110"}
    answer = signed_in.patch(
        reverse("api-referral", args=[referral.pk]), json.dumps(body), content_type="application/json", headers={"If-Match": "*"}
    )
    assert answer.json()["contact"] == "值班室，0632-110"


@pytest.mark.parametrize("field", list(NAMED))
def test_a_contact_that_cannot_be_printed_is_named_beside_its_field(xuecheng, field):
    from core.errors import BadInput

    referral = make.draft(xuecheng, **BARE, **NAMED | {field: "科\U0001f600"})
    with pytest.raises(BadInput) as refused:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert set(refused.value.fields) == {field}
