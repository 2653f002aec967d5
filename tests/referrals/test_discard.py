"""Drafts that come to nothing: an event not stated is nobody's clock, one that is stated is the leader's to give up."""

from __future__ import annotations

import json

import pytest

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible
from deadlines.clocks import open_clock
from deadlines.models import Clock
from notifications.models import Message
from oversight import watch
from oversight.models import Escalation
from referrals import services
from referrals.models import Party, Referral
from referrals.selectors import page_after, referrals_visible_to
from referrals.services.discarding import tidy_drafts
from tests import make
from tests.conftest import world_of

OUTSIDE = (
    ("区政府办公室", Post.GOVERNMENT_CLERK),
    ("区政府", Post.GOVERNMENT_LEADER),
    ("区政府督查室", Post.SUPERVISION),
    ("区政府办公室", Post.AUDITOR),
)


@pytest.fixture
def blank(xuecheng, at):
    at("2026-03-09T09:00")
    return services.start_draft(by=make.sender(xuecheng), data={"place": "泰山南路"})


def test_the_new_page_states_nothing_by_itself(xuecheng, at, client):
    at("2026-03-09T09:00")
    client.force_login(make.sender(xuecheng).user)
    said = client.get("/referrals/new/").content.decode()
    for name in ("found_at", "determined_at"):
        field = said[said.index(f'name="{name}"') - 200 : said.index(f'name="{name}"') + 200]
        assert "2026-03-09" not in field
    made = client.post("/api/v1/referrals/", json.dumps({"place": "泰山南路"}), content_type="application/json").json()
    assert (made["case"]["found_at"], made["determined_at"], made["clocks"]) == (None, None, [])


def test_a_blank_draft_has_no_clock_and_reaches_nobody(blank, xuecheng, at):
    assert open_clock(("referral", blank.pk), "referral") is None
    watch.sweep(at("2026-05-11T09:00"))
    assert not Escalation.objects.filter(subject_kind="referral", subject_id=blank.pk).exists()


def test_it_stands_in_the_aging_list_of_its_leader_until_its_event_is_stated(blank, xuecheng, at, client):
    leader, now = make.sender(xuecheng, Post.LEADER), at("2026-03-10T09:00")
    assert blank.pk in [r.pk for r in page_after(leader, "aging", {}, now)[0]]
    client.force_login(leader.user)
    assert client.get("/referrals/desk/aging/").status_code == 200
    moments = {"found_at": at("2026-03-09T08:00"), "determined_at": at("2026-03-09T08:30")}
    at("2026-03-10T09:00")
    services.save_draft(blank.pk, by=make.sender(xuecheng), data=moments)
    assert blank.pk not in [r.pk for r in page_after(leader, "aging", {}, now)[0]]
    assert open_clock(("referral", blank.pk), "referral").clause == "XC-2.2-c"


def test_a_page_that_saves_itself_states_nothing(blank, xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    data = {"found_at": "2026-03-09T08:00", "determined_at": "2026-03-09T08:30", "version": str(blank.version)}
    assert client.post(f"/referrals/{blank.pk}/autosave/", data).status_code == 200
    assert open_clock(("referral", blank.pk), "referral") is None
    assert Referral.objects.get(pk=blank.pk).determined_at is not None


def test_stated_at_submission_it_counts_from_the_event_and_may_be_late_at_once(xuecheng, at, client):
    at("2026-03-02T09:00")
    early = {"found_at": at("2026-03-02T08:00"), "determined_at": at("2026-03-02T08:30")}
    at("2026-03-09T09:00")
    referral = make.draft(xuecheng, found_at=None, determined_at=None)
    services.save_draft(referral.pk, by=make.sender(xuecheng), data=early, stated=False)
    assert open_clock(("referral", referral.pk), "referral") is None
    services.submit_referral(referral.pk, by=make.sender(xuecheng))
    clock = open_clock(("referral", referral.pk), "referral")
    assert (clock.event_at, clock.was_late) == (early["determined_at"], True)


def test_a_future_event_is_not_stated(xuecheng, at):
    later = at("2026-03-11T09:00")
    at("2026-03-09T09:00")
    referral = make.draft(xuecheng, determined_at=later)
    assert open_clock(("referral", referral.pk), "referral") is None


BAD = [("found_at", "1999-01-01T09:00"), ("determined_at", "2017-12-31T09:00"), ("found_at", "2050-01-01T09:00")]


@pytest.mark.parametrize(("field", "moment"), BAD)
@pytest.mark.parametrize("name", ["xuecheng", "qidong"])
def test_a_day_that_the_calendar_cannot_count_is_a_sentence_and_the_form_stays(db, at, client, name, field, moment):
    world = world_of(name)
    at("2026-03-09T09:00")
    client.force_login(make.sender(world).user)
    answer = client.post("/referrals/new/", {field: moment, "place": "泰山南路八十八号", "submit_key": "k"})
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "工作日历范围" in said or "年份" in said
    assert "泰山南路八十八号" in said
    rest = client.post("/api/v1/referrals/", json.dumps({field: f"{moment}:00+08:00"}), content_type="application/json")
    assert rest.status_code == 400
    assert field in str(rest.json()["errors"])


def test_a_draft_without_a_stated_event_is_its_agencys_to_discard(blank, xuecheng, client):
    client.force_login(make.sender(xuecheng).user)
    answer = client.post(f"/api/v1/referrals/{blank.pk}/discard/", json.dumps({}), content_type="application/json", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["state"]) == (200, "discarded")
    assert blank.pk not in [r.pk for r in page_after(make.sender(xuecheng), "sent", {}, blank.created_at)[0]]


def test_in_bulk_only_drafts_without_a_stated_event_go(blank, xuecheng, client):
    stated = make.draft(xuecheng)
    client.force_login(make.sender(xuecheng).user)
    client.post("/referrals/bulk/", {"verb": "discard", "id": [blank.pk, stated.pk]})
    assert [Referral.objects.get(pk=r.pk).state for r in (blank, stated)] == ["discarded", "draft"]


def test_one_whose_event_is_stated_is_discarded_by_the_leader_with_a_reason(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.draft(xuecheng)
    with pytest.raises(NotAllowed):
        services.discard_referral(referral.pk, by=make.sender(xuecheng), reason="不移送了")
    with pytest.raises(BadInput) as error:
        services.discard_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER), reason=" ")
    assert list(error.value.fields) == ["reason"]
    at("2026-03-13T09:00")
    services.discard_referral(referral.pk, by=make.sender(xuecheng, Post.LEADER), reason="当事人已改正")
    clock = Clock.objects.get(subject_id=referral.pk, role="referral")
    assert (clock.end, clock.was_late) == ("cancelled", True)


def test_an_untouched_draft_fades_after_a_notice_and_a_save_keeps_it(blank, xuecheng, at):
    Referral.objects.filter(pk=blank.pk).update(updated_at=at("2026-03-09T09:00"))
    assert tidy_drafts(at("2026-05-20T09:00")) == 0
    assert Referral.objects.get(pk=blank.pk).fades_at is None
    assert tidy_drafts(at("2026-06-02T09:00")) == 0
    fades = Referral.objects.get(pk=blank.pk).fades_at
    assert fades is not None
    assert Message.objects.filter(user=make.sender(xuecheng).user, key__startswith="fades:").count() == 1
    other = services.start_draft(by=make.sender(xuecheng), data={"place": "另一处"})
    assert tidy_drafts(at("2026-06-03T09:00")) == 0
    assert tidy_drafts(fades) == 1
    assert [Referral.objects.get(pk=r.pk).state for r in (blank, other)] == ["discarded", "draft"]


def test_a_save_after_the_notice_keeps_the_draft(blank, xuecheng, at):
    Referral.objects.filter(pk=blank.pk).update(updated_at=at("2026-03-09T09:00"))
    tidy_drafts(at("2026-06-02T09:00"))
    services.save_draft(blank.pk, by=make.sender(xuecheng), data={"place": "还要办"})
    assert tidy_drafts(at("2026-07-02T09:00")) == 0


@pytest.fixture
def late_draft(xuecheng, at):
    at("2026-03-09T09:00")
    referral = make.draft(xuecheng)
    watch.sweep(at("2026-03-13T00:00"))
    return referral


@pytest.mark.parametrize("who", OUTSIDE)
def test_an_escalated_draft_is_read_by_nobody_outside(late_draft, xuecheng, client, who):
    escalation = Escalation.objects.get(subject_kind="referral", subject_id=late_draft.pk)
    actor = xuecheng.actor(*who)
    with pytest.raises(Referral.DoesNotExist):
        referrals_visible_to(actor).get(pk=late_draft.pk)
    assert not Party.objects.filter(referral=late_draft).exclude(role="sender").exists()
    client.force_login(actor.user)
    assert client.get(f"/referrals/{late_draft.pk}/").status_code == 404
    assert client.get(f"/api/v1/referrals/{late_draft.pk}/").status_code == 404
    for url in ("/escalations/?desk=all", f"/escalations/{escalation.pk}/", "/messages/"):
        said = client.get(url).content.decode()
        assert "喆堃" not in said
        assert late_draft.case.matter.name not in said
    shown = client.get(f"/api/v1/escalations/{escalation.pk}/").json()
    assert (shown["subject"], shown["clause"], shown["due_at"][:10]) == (None, "XC-2.2-c", "2026-03-12")
    assert "区住建局" in shown["title"]
    assert not Message.objects.filter(user=actor.user, text__contains="喆堃").exists()


def test_the_seat_comes_with_the_delivered_letter(late_draft, xuecheng):
    from django.test import TestCase

    services.submit_referral(late_draft.pk, by=make.sender(xuecheng))
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.sign_referral(late_draft.pk, by=make.sender(xuecheng, Post.LEADER))
    office = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    assert referrals_visible_to(office).filter(pk=late_draft.pk).exists()
    assert "喆堃" in Escalation.objects.get(subject_kind="referral", subject_id=late_draft.pk).title


def test_a_draft_is_opened_to_no_single_person_outside(xuecheng):
    referral = make.draft(xuecheng)
    with pytest.raises((NotAllowed, NotVisible)):
        services.grant_reading(referral.pk, by=make.sender(xuecheng, Post.LEADER), person=xuecheng.user("区教体局"))


@pytest.mark.parametrize(
    ("reach", "who", "shown"),
    [(make.draft, make.sender, False), (make.delivered, make.receiver, False)],
)
def test_extension_is_not_offered_where_no_clause_allows_it(xuecheng, reach, who, shown, client):
    referral = reach(xuecheng)
    client.force_login(who(xuecheng).user)
    verbs = [a["verb"] for a in client.get(f"/api/v1/referrals/{referral.pk}/").json()["allowed_actions"]]
    assert ("extend" in verbs) is shown


def test_extension_is_offered_while_it_can_be_granted_and_says_why_not_afterwards(qidong, at, client):
    at("2026-03-09T09:00")
    referral = make.draft(qidong)

    def extend():
        client.force_login(make.sender(qidong).user)
        actions = client.get(f"/api/v1/referrals/{referral.pk}/").json()["allowed_actions"]
        return next((a["allowed"], a["reason"], a["clause"]) for a in actions if a["verb"] == "extend")

    assert extend()[0]
    at("2026-03-17T00:00")
    assert extend() == (False, "期限已经届满，不能再延长。", "QD-2.4.1-f")
