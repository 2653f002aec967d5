"""Materials of a signed letter stay, and what comes later is marked as later."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from core.errors import WrongState
from foundation.cases.models import Material
from referrals import services
from referrals.selectors import materials_of, referrals_visible_to
from tests import make
from tests.referrals.test_version import fresh, second_draft


def add(world, referral, name="照片.pdf", by=None):
    more = make.pdf(name)
    return services.attach_material(referral.pk, by=by or make.sender(world), slot="other", name=name, size=len(more.getvalue()), stream=more)


def test_no_draft_takes_a_paper_of_a_signed_letter_away(shuocheng, client):
    first = make.signed_for(shuocheng)
    draft = second_draft(shuocheng, first)
    paper = Material.objects.filter(case=first.case_id).first()
    with pytest.raises(WrongState, match="任何人不得"):
        services.remove_material(draft.pk, paper.pk, by=make.sender(shuocheng))
    client.force_login(make.sender(shuocheng).user)
    assert client.post(f"/referrals/{draft.pk}/materials/{paper.pk}/remove/").status_code == 409
    url = f"/api/v1/referrals/{draft.pk}/materials/{paper.pk}/"
    assert client.get(url).json()["allowed_actions"][0]["allowed"] is False
    assert client.delete(url, headers={"If-Match": "*"}).status_code == 409
    assert Material.objects.filter(pk=paper.pk).exists()


def test_a_draft_on_an_ended_case_takes_none_away_either(xuecheng):
    first = make.reported(xuecheng)
    services.close_referral(first.pk, by=make.sender(xuecheng))
    draft = services.start_draft(by=make.sender(xuecheng), data={}, case_id=first.case_id)
    with pytest.raises(WrongState):
        services.remove_material(draft.pk, Material.objects.filter(case=first.case_id).first().pk, by=make.sender(xuecheng))


def test_what_comes_after_the_signing_is_marked_and_not_in_the_signed_list(xuecheng, client):
    referral = services.request_supplement(make.signed_for(xuecheng).pk, by=make.receiver(xuecheng), wanted="照片")
    later = add(xuecheng, referral)
    assert later.pk not in {m["id"] for m in fresh(referral).case_version.materials}
    client.force_login(make.receiver(xuecheng).user)
    assert "签发后补充" in client.get(f"/referrals/{referral.pk}/").content.decode()
    marks = {m["id"]: m["later"] for m in client.get(f"/api/v1/referrals/{referral.pk}/materials/").json()["results"]}
    assert marks.pop(later.pk) is True
    assert set(marks.values()) == {False}


def test_a_paper_of_another_draft_is_none_of_this_letter(shuocheng, client):
    first = make.signed_for(shuocheng)
    paper = add(shuocheng, second_draft(shuocheng, first))
    client.force_login(make.receiver(shuocheng).user)
    assert paper.name not in client.get(f"/referrals/{first.pk}/").content.decode()
    assert client.get(f"/referrals/{first.pk}/materials/{paper.pk}/").status_code == 404
    assert client.get(f"/api/v1/referrals/{first.pk}/materials/{paper.pk}/file/").status_code == 404


def test_a_former_receiver_does_not_see_what_came_later(xuecheng, client, at, commits):
    from accounts.kinds import Post

    at("2026-03-09T09:00")
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    office = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    services.propose_designation(dispute.pk, by=office, words="建议由民政局管辖", handler=xuecheng.agencies["区民政局"])
    at("2026-03-09T10:00")
    with commits():
        services.designate_agency(
            dispute.pk, by=xuecheng.actor("区政府", Post.GOVERNMENT_LEADER), handler=make.proposed_handler(dispute), reasons="依职责"
        )
    new = xuecheng.actor("区民政局")
    services.sign_for_referral(dispute.referral_id, by=new)
    services.request_supplement(dispute.referral_id, by=new, wanted="照片")
    at("2026-03-09T11:00")
    later = add(xuecheng, dispute.referral)
    former = make.receiver(xuecheng)
    client.force_login(former.user)
    assert client.get(f"/referrals/{dispute.referral_id}/materials/{later.pk}/").status_code == 404
    seen = referrals_visible_to(former).get(pk=dispute.referral_id)
    assert later.pk not in {m.pk for m in materials_of(seen, former)}
    client.force_login(new.user)
    assert client.get(f"/referrals/{dispute.referral_id}/materials/{later.pk}/").status_code == 200


def test_a_stored_file_that_was_exchanged_is_served_to_nobody(xuecheng, client):
    referral = make.delivered(xuecheng)
    paper = Material.objects.filter(case=referral.case_id).first()
    paper.file.storage.delete(paper.file.name)
    paper.file.storage.save(paper.file.name, ContentFile(b"%PDF-1.4 another"))
    client.force_login(make.receiver(xuecheng).user)
    assert client.get(f"/referrals/{referral.pk}/materials/{paper.pk}/").status_code == 409
    assert client.get(f"/api/v1/referrals/{referral.pk}/materials/{paper.pk}/file/").status_code == 409
