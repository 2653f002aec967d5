"""The list of materials says of each paper how many copies and pages it has, and whether it is the original."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import WrongState
from documents.models import OfficialDocument
from foundation.cases.models import Material
from foundation.cases.stated import changes_between
from referrals import services
from referrals.models import Referral
from referrals.paper_form import Paper
from tests import make

SAID = {"copies": 2, "pages": 13, "original": "copy"}


@pytest.fixture
def signed_in(xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    return client


def first(referral):
    return Material.objects.filter(case=referral.case_id).order_by("pk").first()


def kept(material):
    material.refresh_from_db()
    return {name: getattr(material, name) for name in SAID}


def described(world):
    referral = make.draft(world)
    services.describe_material(referral.pk, first(referral).pk, by=make.sender(world), paper=Paper(**SAID))
    return referral


def test_what_is_said_of_the_paper_is_in_the_letters_list_and_in_its_version(xuecheng):
    referral = described(xuecheng)
    services.submit_referral(referral.pk, by=make.sender(xuecheng))
    services.sign_referral(referral.pk, by=make.signer(xuecheng))
    row = OfficialDocument.objects.get(kind="referral_letter", subject_id=referral.pk).content["materials"][0]
    assert row[2:5] == ["2", "13", "复印件"]
    version = Referral.objects.select_related("case_version").get(pk=referral.pk).case_version
    assert {name: version.materials[0][name] for name in SAID} == SAID


def test_the_page_takes_it_and_shows_it(xuecheng, client, signed_in):
    referral = make.draft(xuecheng)
    paper = first(referral)
    prefix = f"paper-{paper.pk}"
    answer = signed_in.post(reverse("describe-material", args=[referral.pk, paper.pk]), {f"{prefix}-{n}": v for n, v in SAID.items()})
    assert answer.status_code == 302
    assert kept(paper) == SAID
    assert f'name="{prefix}-pages" value="13"' in signed_in.get(reverse("edit-referral", args=[referral.pk])).content.decode()
    page = signed_in.get(reverse("referral", args=[referral.pk])).content.decode()
    assert all(words in page for words in ("2份", "13页", "复印件"))


@pytest.mark.parametrize(("name", "value"), [("copies", "0"), ("copies", "1000"), ("pages", "many"), ("pages", "-1"), ("original", "forged")])
def test_the_page_says_what_is_wrong_and_keeps_what_there_was(xuecheng, signed_in, name, value):
    referral = described(xuecheng)
    paper = first(referral)
    answer = signed_in.post(reverse("describe-material", args=[referral.pk, paper.pk]), {f"paper-{paper.pk}-{name}": value}, follow=True)
    assert {"copies": "份数：", "pages": "页数：", "original": "原件或复印件："}[name] in answer.content.decode()
    assert kept(paper) == SAID


def test_rest_takes_it_with_the_file_and_changes_it_afterwards(xuecheng, signed_in):
    referral = make.draft(xuecheng)
    address = reverse("api-materials", args=[referral.pk])
    made = signed_in.post(
        address, {"slot": "other", "file": SimpleUploadedFile("a.pdf", make.pdf("x").getvalue()), **SAID}, headers={"Idempotency-Key": "a"}
    )
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in SAID} == SAID
    one = made["Location"]
    tag = signed_in.get(one)["ETag"]
    assert tag == made["ETag"]
    changed = signed_in.patch(one, json.dumps({"pages": 14}), content_type="application/json", headers={"If-Match": tag})
    assert changed.status_code == 200, changed.content
    assert {name: changed.json()[name] for name in SAID} == SAID | {"pages": 14}
    assert signed_in.patch(one, json.dumps({"pages": 15}), content_type="application/json", headers={"If-Match": tag}).status_code == 412
    for wrong in ({"pages": 0}, {"copies": "2"}, {"original": "forged"}, {"sheets": 1}):
        assert signed_in.patch(one, json.dumps(wrong), content_type="application/json", headers={"If-Match": "*"}).status_code == 400, wrong


def test_rest_takes_it_with_a_file_in_parts(xuecheng, signed_in):
    referral, words = make.draft(xuecheng), make.pdf("parts").getvalue()
    body = {"slot": "other", "name": "a.pdf", "size": len(words), **SAID}
    begun = signed_in.post(
        reverse("api-uploads", args=[referral.pk]), json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "b"}
    )
    assert begun.status_code == 201, begun.content
    at = begun["Location"]
    signed_in.put(f"{at}parts/0/", words, content_type="application/octet-stream")
    done = signed_in.post(f"{at}complete/", content_type="application/json", headers={"If-Match": "*", "Idempotency-Key": "c"})
    assert {name: done.json()[name] for name in SAID} == SAID


def test_a_supplement_brings_it_along_for_it_is_sent_at_once(xuecheng, signed_in):
    referral = services.request_supplement(make.signed_for(xuecheng).pk, by=make.receiver(xuecheng), wanted="照片")
    file = SimpleUploadedFile("b.pdf", make.pdf("later").getvalue())
    signed_in.post(reverse("upload", args=[referral.pk]), {"slot": "other", "next": "referral", "file": file, **SAID})
    later = Material.objects.get(supplementary=True)
    assert kept(later) == SAID
    with pytest.raises(WrongState):
        services.describe_material(referral.pk, later.pk, by=make.sender(xuecheng), paper=Paper())


def test_what_a_signed_letter_lists_says_the_same_for_good(shuocheng):
    referral = make.delivered(shuocheng)
    again = services.start_draft(by=make.sender(shuocheng), data={"reasons": "另行发函"}, case_id=referral.case_id)
    with pytest.raises(WrongState):
        services.describe_material(again.pk, first(referral).pk, by=make.sender(shuocheng), paper=Paper(**SAID))


def test_another_count_is_told_between_two_versions(xuecheng):
    from django.utils import timezone

    from foundation.cases.services import freeze_case

    referral = make.draft(xuecheng)
    before = freeze_case(referral.case_id, by=make.sender(xuecheng), at=timezone.now())
    paper = first(referral)
    services.describe_material(referral.pk, paper.pk, by=make.sender(xuecheng), paper=Paper(**SAID))
    after = freeze_case(referral.case_id, by=make.sender(xuecheng), at=timezone.now())
    assert changes_between(before, after) == [("材料名称", paper.name, f"{paper.name}（2份，13页，复印件）")]
