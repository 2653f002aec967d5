"""Signing: never by who had a hand in the text, by the head where the document says so, in the name that it says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import actor_for, actor_in, system_actor
from accounts.kinds import AgencyKind, Post
from accounts.models import Agency, PostHolding
from accounts.services import delegate_post, make_token
from core.errors import BadInput, NotAllowed
from documents.models import OfficialDocument
from referrals import services
from referrals.models import Referral
from referrals.requirements import name_problem
from tests import make


def also(world, agency, post, person):
    """`person` takes up another post in the same body as well; returns the person acting in it."""
    holding = PostHolding.objects.create(user=person, agency=world.agencies[agency], post=post)
    return actor_in(person, holding)


def refused_to_sign(referral, by):
    with pytest.raises(NotAllowed, match="起草、修改或者送签"):
        services.sign_referral(referral.pk, by=by)
    assert Referral.objects.get(pk=referral.pk).state == "submitted"


def second_clerk(world):
    """The liaison, who rewrites and submits what the clerk started; leads the same body in another post."""
    liaison = make.sender(world, Post.LIAISON)
    return liaison, also(world, make.SIDES[world.jurisdiction.key][0], Post.LEADER, liaison.user)


def test_who_rewrote_a_draft_that_another_started_does_not_sign_it(xuecheng):
    referral = make.draft(xuecheng)
    writer, as_leader = second_clerk(xuecheng)
    services.save_draft(referral.pk, by=writer, data={"facts": "改写后的事实：堆放建筑材料约三十平方米。"})
    services.submit_referral(referral.pk, by=make.sender(xuecheng))
    refused_to_sign(referral, as_leader)


def test_who_only_submitted_it_does_not_sign_it(xuecheng):
    referral = make.draft(xuecheng)
    writer, as_leader = second_clerk(xuecheng)
    services.submit_referral(referral.pk, by=writer)
    refused_to_sign(referral, as_leader)


def test_a_writer_does_not_sign_as_the_leaders_deputy(xuecheng):
    referral = make.submitted(xuecheng)
    leader, today = make.sender(xuecheng, Post.LEADER), timezone.localdate()
    clerk = make.sender(xuecheng)
    delegate_post(by=leader, deputy=clerk.user, since=today, until=today, reason="出差学习")
    deputy = actor_for(clerk.user, leader.holding_id)
    assert deputy.deputy
    refused_to_sign(referral, deputy)


def test_a_writer_does_not_sign_on_the_page_in_bulk_or_by_a_token_of_another_post(xuecheng, client):
    referral = make.draft(xuecheng)
    writer, as_leader = second_clerk(xuecheng)
    services.submit_referral(referral.pk, by=writer)
    client.force_login(writer.user)
    client.post(reverse("switch-post"), {"holding": as_leader.holding_id})
    assert client.post(reverse("act", args=[referral.pk, "sign"])).status_code == 403
    _row, token = make_token(by=system_actor("make_token"), holding=PostHolding.objects.get(pk=as_leader.holding_id), name="办案系统")
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post(f"/api/v1/referrals/{referral.pk}/sign/", content_type="application/json", headers=headers | {"If-Match": "*"})
    assert answer.status_code == 403
    items = {"verb": "sign", "items": [{"id": referral.pk, "version": Referral.objects.get(pk=referral.pk).version}]}
    bulk = client.post("/api/v1/referrals/bulk/", items, content_type="application/json", headers=headers)
    assert bulk.json()["results"][0]["done"] is False
    assert Referral.objects.get(pk=referral.pk).state == "submitted"


def test_a_second_letter_on_a_case_keeps_who_wrote_its_facts(zhoucun):
    first = make.draft(zhoucun)
    services.discard_referral(first.pk, by=make.sender(zhoucun, Post.LEADER), reason="材料需要补充")
    writer, as_leader = second_clerk(zhoucun)
    letter = {k: v for k, v in make.complete(zhoucun).items() if k in ("to_agency", "reasons", "determined_at", "kind", "ground", "quality_checked")}
    again = services.start_draft(by=writer, data=letter, case_id=first.case_id)
    assert set(again.writers) == {make.sender(zhoucun).user_id, writer.user_id}
    assert as_leader.user_id in again.writers


def test_who_wrote_nothing_signs(xuecheng):
    referral = make.submitted(xuecheng)
    assert services.sign_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER)).state == "signed"


def test_where_the_head_must_approve_a_leader_in_charge_cannot(zhoucun):
    referral = make.submitted(zhoucun)
    with pytest.raises(NotAllowed, match="主要负责人") as error:
        services.sign_referral(referral.pk, by=make.sender(zhoucun, Post.LEADER))
    assert error.value.clause == "ZC-2.4.3-p"
    assert services.sign_referral(referral.pk, by=make.sender(zhoucun, Post.HEAD)).state == "signed"


def deputy_of_head(world):
    head, today = make.sender(world, Post.HEAD), timezone.localdate()
    person = make.sender(world, Post.LEADER).user
    delegate_post(by=head, deputy=person, since=today, until=today, reason="外出开会")
    return actor_for(person, head.holding_id)


@pytest.mark.parametrize(("chosen", "signs"), [("allowed", True), ("head_only", False)])
def test_who_deputises_for_the_head_approves_only_where_the_option_allows_it(zhoucun, chosen, signs):
    referral = make.submitted(zhoucun)
    Referral.objects.filter(pk=referral.pk).update(options=referral.options | {"head_approval_deputy": chosen})
    by = deputy_of_head(zhoucun)
    if signs:
        assert services.sign_referral(referral.pk, by=by).state == "signed"
        return
    with pytest.raises(NotAllowed, match="不得代行") as error:
        services.sign_referral(referral.pk, by=by)
    assert error.value.clause == "ZC-2.4.3-p"


def attached(world, parent, kind=AgencyKind.DIRECTLY_ATTACHED_BODY):
    """A body of `parent` that has no name of its own in the document, with a clerk and a leader."""
    body = Agency.objects.create(
        jurisdiction=world.jurisdiction, key=f"attached-{kind}", kind=kind, name="区园林管理中心", short_name="园林中心", parent=world.agencies[parent],
    )  # fmt: skip
    people = [world.user(parent, Post.CLERK), world.user(parent, Post.LEADER)]
    posts = (Post.CLERK, Post.LEADER)
    return body, [actor_in(u, PostHolding.objects.create(user=u, agency=body, post=p)) for u, p in zip(people, posts, strict=True)]


def test_an_attached_body_starts_no_letter_in_its_own_name_where_the_document_says_only(xuecheng):
    _body, (clerk, _leader) = attached(xuecheng, "区住建局")
    with pytest.raises(NotAllowed, match="自己的名义") as error:
        services.start_draft(by=clerk, data=make.complete(xuecheng))
    assert error.value.clause == "XC-2.2-d"


@pytest.mark.parametrize("kind", [AgencyKind.DISPATCHED_BODY, AgencyKind.DIRECTLY_ATTACHED_BODY, AgencyKind.INTERNAL_ORGAN])
def test_no_dependent_body_submits_or_signs_in_its_own_name_without_a_legal_basis(qidong, kind):
    body, (clerk, leader) = attached(qidong, "市住房和城乡建设局", kind)
    referral = services.start_draft(by=clerk, data=make.complete(qidong))
    for slot in ("source_materials", "preliminary_evidence"):
        services.attach_material(referral.pk, by=clerk, slot=slot, name="a.pdf", size=len(make.pdf().getvalue()), stream=make.pdf())
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=clerk)
    assert "QD-2.4.1-b" in error.value.fields["from_agency"]
    services.save_draft(referral.pk, by=clerk, data={"name_exception": "《江苏省某某条例》第十二条"})
    services.submit_referral(referral.pk, by=clerk)
    Referral.objects.filter(pk=referral.pk).update(name_exception="")
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=leader)
    assert "from_agency" in error.value.fields
    assert not OfficialDocument.objects.filter(issuer=body).exists()


def test_a_dependent_body_does_not_answer_in_its_own_name(xuecheng):
    referral = make.delivered(xuecheng)
    Agency.objects.filter(pk=referral.to_agency_id).update(kind=AgencyKind.DISPATCHED_BODY, parent=xuecheng.agencies["区住建局"])
    with pytest.raises(NotAllowed, match="自己的名义") as error:
        services.accept_referral(referral.pk, by=make.receiver(xuecheng))
    assert error.value.clause == "XC-2.2-d"


def test_a_document_that_says_nothing_of_names_lets_a_squad_refer(zhoucun):
    body, _people = attached(zhoucun, "区住建局")
    assert name_problem(body, zhoucun.profile, "") is None


@pytest.mark.parametrize(("only", "sender", "may"), [("township", "区住建局", False), ("department", "区住建局", True)])
def test_only_the_bodies_that_the_document_names_refer(xuecheng, only, sender, may):
    rules = xuecheng.profile.referral
    changed = rules.model_copy(update={"name_rule": rules.name_rule.model_copy(update={"only": only})})
    profile = xuecheng.profile.model_copy(update={"referral": changed})
    assert (name_problem(xuecheng.agencies[sender], profile, "") is None) is may


CHECKS = [("reasons", "", "reasons"), ("reasons", "。。。。。。", "reasons"), ("determined_at", None, "determined_at")]


@pytest.mark.parametrize(("field", "value", "beside"), CHECKS)
def test_what_is_demanded_at_submission_is_demanded_again_at_signing(xuecheng, field, value, beside):
    referral = make.submitted(xuecheng)
    Referral.objects.filter(pk=referral.pk).update(**{field: value})
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER))
    assert beside in error.value.fields
    assert Referral.objects.get(pk=referral.pk).state == "submitted"


def test_a_receiver_merged_while_the_letter_waits_stops_it_at_signing(xuecheng):
    referral = make.submitted(xuecheng)
    Agency.objects.filter(pk=referral.to_agency_id).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(BadInput) as error:
        services.sign_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER))
    assert "to_agency" in error.value.fields


@pytest.mark.parametrize("world", ["shuocheng", "qidong"], indirect=True)
def test_letters_go_only_between_the_two_levels_at_signing_too(world):
    here, referral = world, make.submitted(world)
    kind, sender = referral.from_agency.kind, referral.from_agency_id
    same = next(a for a in here.agencies.values() if a.kind == kind and a.pk != sender)
    Referral.objects.filter(pk=referral.pk).update(to_agency=same)
    with pytest.raises(BadInput, match="镇街与部门之间") as error:
        services.sign_referral(referral.pk, by=make.sender(here, Post.LEADER))
    assert "to_agency" in error.value.fields


FACTS = [("shuocheng", "SC-3.1.3-a"), ("qidong", "QD-2.4.1-d"), ("yiyuan", "YY-3.3-c")]


@pytest.mark.parametrize(("world", "clause"), FACTS, indirect=["world"])
@pytest.mark.parametrize("words", ["", "aaaaaa", "无", "……"])
def test_a_letter_needs_a_statement_of_facts_by_the_documents_clause(world, clause, words):
    referral = make.draft(world, facts=words)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(world))
    assert clause in error.value.fields["facts"]


@pytest.mark.parametrize("reason", ["", "!!!", "急急急", "aaaaaa", "123456"])
def test_urgent_needs_a_reason_that_says_something(xuecheng, reason):
    referral = make.draft(xuecheng, urgent=True, urgent_reason=reason)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(xuecheng))
    assert "紧急" in error.value.fields["urgent_reason"]
    services.save_draft(referral.pk, by=make.sender(xuecheng), data={"urgent_reason": "正在倾倒危险废物"})
    assert services.submit_referral(referral.pk, by=make.sender(xuecheng)).state == "submitted"


def test_shuochengs_leftover_problems_need_consultation_before_they_are_moved(shuocheng):
    referral = make.draft(shuocheng, legacy=True)
    with pytest.raises(BadInput) as error:
        services.submit_referral(referral.pk, by=make.sender(shuocheng))
    assert "SC-3.1.1-c" in error.value.fields["legacy_consultation"]
    services.save_draft(referral.pk, by=make.sender(shuocheng), data={"legacy_consultation": "已与对方分管领导面商，同意由其接办。"})
    assert services.submit_referral(referral.pk, by=make.sender(shuocheng)).state == "submitted"
