"""An agency is merged: what is open goes on at the successor, on the day, once, though the run be killed; where it cannot be, it is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actors import actor_in, posts_of, system_actor
from accounts.kinds import Post
from accounts.models import Agency, PostHolding
from accounts.services import delegate_post, merge_agency
from core.errors import BadInput, NotAllowed
from core.models import AuditEntry
from deadlines.models import Clock
from documents.models import OfficialDocument
from foundation.cases.models import Matter
from notifications.models import Message
from oversight import services as desk
from oversight import succession, watch
from oversight.models import Escalation
from referrals import services
from referrals.agreed import agreed_on
from referrals.models import Dispute, Party, Referral
from referrals.selectors import referrals_visible_to
from referrals.services import succession as passing
from systems.clients import register_client
from tests import make

OLD, NEW = "区综合行政执法局", "区市场监管局"


def agencies(world):
    """Fresh rows: what a test does to them in memory stays in it."""
    return tuple(Agency.objects.get(pk=world.agencies[name].pk) for name in (OLD, NEW))


def merged(world, at, old=OLD, new=NEW, day="2026-03-10"):
    """Registered on the day before, carried out in the first minutes of `day`."""
    merge_agency(world.agencies[old], into=world.agencies[new], on=dt.date.fromisoformat(day), by=system_actor("test"))
    swept(at(f"{day}T00:01"))
    return Agency.objects.get(pk=world.agencies[new].pk)


def at_new(world, post=Post.CLERK, old=OLD):
    """The person who held this post at the old agency, as that person acts now."""
    user = world.user(old, post)
    return actor_in(user, *posts_of(user)[0])


def swept(now):
    """The watch's minute, as its task carries it out."""
    succession.carry_out_ends(now)
    watch.sweep(now)


def offered(client, agency):
    return agency in client.get(reverse("new-referral")).context["form"].fields["to_agency"].queryset


@pytest.fixture
def monday(at):
    return at("2026-03-09T09:00")


def test_the_receivers_successor_sees_and_answers_and_the_sender_learns_of_it(xuecheng, at, monday):
    referral = make.delivered(xuecheng)
    letter = OfficialDocument.objects.get(subject_kind="referral", subject_id=referral.pk)
    new = merged(xuecheng, at)
    assert Referral.objects.get(pk=referral.pk).to_agency == new
    told = Message.objects.filter(user=xuecheng.user("区住建局"), key__startswith="passed-on").get()
    assert "薛城区综合行政执法局" in told.text
    assert new.name in told.text
    for by in (xuecheng.actor(NEW), at_new(xuecheng)):
        assert referrals_visible_to(by).filter(pk=referral.pk).exists()
    services.accept_referral(referral.pk, by=xuecheng.actor(NEW))
    answer = OfficialDocument.objects.filter(subject_kind="referral", subject_id=referral.pk).latest("pk")
    assert answer.content["issuer"] == new.name
    letter.refresh_from_db()
    assert letter.content["addressee"] == "薛城区综合行政执法局"
    services.decide_referral(referral.pk, by=at_new(xuecheng), kind="penalty", decision="罚款人民币二千元。", at=timezone.now())
    services.report_result(referral.pk, by=at_new(xuecheng, Post.LEADER))
    services.close_referral(referral.pk, by=make.sender(xuecheng))


def test_the_senders_successor_goes_on_in_its_place(xuecheng, at, monday):
    draft, letter = make.draft(xuecheng), make.delivered(xuecheng, party_code=make.credit_code(5))
    merged(xuecheng, at, "区住建局", NEW)
    clerk, leader = at_new(xuecheng, old="区住建局"), at_new(xuecheng, Post.LEADER, old="区住建局")
    services.save_draft(draft.pk, by=clerk, data={"facts": "现场检查发现当事人在道路上堆放建筑材料约三十平方米，未取得占用许可。"})
    services.submit_referral(draft.pk, by=clerk)
    services.sign_referral(draft.pk, by=leader)
    signed = OfficialDocument.objects.filter(subject_kind="referral", subject_id=draft.pk).get()
    assert signed.content["issuer"] == xuecheng.agencies[NEW].name
    assert signed.number.startswith(xuecheng.agencies[NEW].doc_code)
    services.not_accept_referral(letter.pk, by=make.receiver(xuecheng), kind="papers", reasons="材料不全")
    again = services.refile_referral(letter.pk, by=clerk)
    assert again.from_agency == again.case.agency == xuecheng.agencies[NEW]


def test_every_word_of_a_signed_letter_stays(xuecheng, at, monday):
    """The sender's place passes on; the database still refuses to change it for any other agency."""
    from django.db import DatabaseError, transaction

    letter = make.delivered(xuecheng)
    before = OfficialDocument.objects.get(subject_kind="referral", subject_id=letter.pk).content
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=letter.pk).update(from_agency=xuecheng.agencies[NEW])
    merged(xuecheng, at, "区住建局", NEW)
    assert OfficialDocument.objects.get(subject_kind="referral", subject_id=letter.pk).content == before


def test_the_timeline_and_the_trail_say_who_was_there(xuecheng, at, monday, client):
    referral = make.delivered(xuecheng)
    old, new = agencies(xuecheng)
    merged(xuecheng, at)
    entry = AuditEntry.objects.get(subject_kind="referral", subject_id=str(referral.pk), verb="referral.pass_on")
    assert (entry.detail["from"], entry.detail["to"]) == (old.pk, new.pk)
    client.force_login(make.sender(xuecheng).user)
    page = client.get(reverse("referral", args=[referral.pk])).content.decode()
    assert f"{old.name}并入{new.name}" in page
    verbs = AuditEntry.objects.filter(subject_kind="agency", subject_id=str(old.pk)).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["agency.merge", "agency.pass_on"]


def test_clocks_targets_and_escalations_name_the_successor(xuecheng, at, monday):
    referral = make.delivered(xuecheng)
    new = merged(xuecheng, at)
    running = Clock.objects.open().filter(subject_kind="referral", subject_id=referral.pk)
    assert {c.holder_id for c in running} == {new.pk}
    swept(at("2026-03-13T00:00:01"))
    escalation = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    assert escalation.late_agency == new
    desk.explain_escalation(escalation.pk, by=at_new(xuecheng), words="机构合并，正在办理。")


def test_an_open_escalation_is_answered_by_the_successor(xuecheng, at, monday):
    referral = make.delivered(xuecheng)
    swept(at("2026-03-13T00:00:01"))
    merged(xuecheng, at, day="2026-03-16")
    escalation = Escalation.objects.get(subject_kind="referral", subject_id=referral.pk)
    desk.explain_escalation(escalation.pk, by=xuecheng.actor(NEW), words="机构合并，正在办理。")
    assert AuditEntry.objects.filter(subject_kind="escalation", subject_id=str(escalation.pk), verb="escalation.pass_on").count() == 1


def test_an_agency_with_a_last_day_to_come_works_until_the_end_of_that_day(xuecheng, at, monday, client):
    old, new = agencies(xuecheng)
    merge_agency(old, into=new, on=dt.date(2026, 3, 12), by=system_actor("test"))
    swept(at("2026-03-11T23:50"))
    client.force_login(make.sender(xuecheng).user)
    assert offered(client, old)
    assert old.pk in {row["id"] for row in client.get("/api/v1/agencies/").json()["results"]}
    referral = make.delivered(xuecheng)
    services.sign_for_referral(referral.pk, by=make.receiver(xuecheng))
    assert not Party.objects.filter(referral=referral, agency=new).exists()
    swept(at("2026-03-12T00:00:30"))
    assert Referral.objects.get(pk=referral.pk).to_agency == new
    services.accept_referral(referral.pk, by=xuecheng.actor(NEW))
    assert not offered(client, old)
    assert old.pk not in {row["id"] for row in client.get("/api/v1/agencies/").json()["results"]}


def test_an_office_with_a_last_day_to_come_is_still_told_and_still_decides(xuecheng, at, monday):
    """Each of the choices 'in being' goes by the day: overseers of the watch, deciders of a dispute."""
    for name in ("区政府督查室", "区政府"):
        Agency.objects.filter(pk=xuecheng.agencies[name].pk).update(valid_to=dt.date(2026, 12, 31))
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    assert Party.objects.filter(referral=dispute.referral, agency=xuecheng.agencies["区政府"], role="decider").exists()
    make.delivered(xuecheng, party_code=make.credit_code(6))
    swept(at("2026-03-13T00:00:01"))
    assert Message.objects.filter(user=xuecheng.user("区政府督查室", Post.SUPERVISION), kind="overdue").exists()


def test_a_killed_run_is_taken_up_where_it_stopped(xuecheng, at, monday, monkeypatch):
    letters = [make.delivered(xuecheng, party_code=make.credit_code(n)) for n in range(20, 24)]
    old, new = agencies(xuecheng)
    merge_agency(old, into=new, on=dt.date(2026, 3, 10), by=system_actor("test"))
    real, done = passing.pass_on_referral, []

    def killed(pk, *args, **kwargs):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(pk)
        return real(pk, *args, **kwargs)

    monkeypatch.setattr(succession, "pass_on_referral", killed)
    with pytest.raises(KeyboardInterrupt):
        swept(at("2026-03-10T00:01"))
    assert Referral.objects.filter(pk__in=[r.pk for r in letters], to_agency=new).count() == 2
    assert Agency.objects.get(pk=old.pk).passed_on_at is None
    monkeypatch.setattr(succession, "pass_on_referral", real)
    swept(at("2026-03-10T00:02"))
    swept(at("2026-03-10T00:03"))
    assert Referral.objects.filter(pk__in=[r.pk for r in letters], to_agency=new).count() == 4
    assert AuditEntry.objects.filter(verb="referral.pass_on").count() == 4
    assert AuditEntry.objects.filter(verb="agency.pass_on").count() == 1
    assert Message.objects.filter(user=xuecheng.user("区住建局"), key__startswith="passed-on").count() == 4
    assert PostHolding.objects.filter(user=xuecheng.user(OLD), agency=new).count() == 1


def test_a_letter_between_the_two_ends_and_a_draft_between_them_wants_another_receiver(xuecheng, at, monday):
    letter = make.delivered(xuecheng)
    dispute = make.disputed(xuecheng, party_code=make.credit_code(7))
    draft = make.draft(xuecheng, party_code=make.credit_code(8))
    merged(xuecheng, at, OLD, "区住建局")
    letter = Referral.objects.get(pk=letter.pk)
    assert letter.state == "taken_back"
    assert "合并" in letter.end_reason
    assert not Clock.objects.open().filter(subject_kind="referral", subject_id=letter.pk).exists()
    assert Dispute.objects.get(pk=dispute.pk).state == "agreed"
    with pytest.raises(BadInput) as refusal:
        services.submit_referral(draft.pk, by=make.sender(xuecheng))
    assert "to_agency" in refusal.value.fields


def test_an_open_dispute_is_carried_on_by_the_successor(xuecheng, at, monday):
    dispute = make.disputed(xuecheng)
    services.report_dispute(dispute.pk, by=make.receiver(xuecheng, Post.LEADER))
    by = xuecheng.actor("区政府办公室", Post.GOVERNMENT_CLERK)
    services.propose_designation(dispute.pk, by=by, words="建议照此办理", handler=xuecheng.agencies[OLD])
    new = merged(xuecheng, at)
    dispute = Dispute.objects.get(pk=dispute.pk)
    assert (dispute.opened_by, dispute.proposed_handler) == (new, new)


def test_what_is_ended_can_be_read_by_the_successor_under_the_old_name(xuecheng, at, monday):
    closed = services.close_referral(make.reported(xuecheng).pk, by=make.sender(xuecheng))
    old, _new = agencies(xuecheng)
    merged(xuecheng, at)
    assert referrals_visible_to(xuecheng.actor(NEW)).filter(pk=closed.pk).exists()
    assert Referral.objects.get(pk=closed.pk).to_agency == old


def test_posts_deputies_and_matters_pass_on_and_there_is_one_head(xuecheng, at, monday):
    old, new = agencies(xuecheng)
    Matter.objects.filter(jurisdiction=xuecheng.jurisdiction).update(competent=old)
    deputy = xuecheng.user(OLD, Post.LIAISON)
    delegate_post(by=xuecheng.actor(OLD, Post.LEADER), deputy=deputy, since=dt.date(2026, 3, 9), until=dt.date(2026, 3, 20), reason="外出培训")
    merged(xuecheng, at)
    assert at_new(xuecheng).agency == new
    assert at_new(xuecheng, Post.HEAD).post == Post.LEADER
    assert {h.post for h, _d in posts_of(deputy)} == {Post.LIAISON, Post.LEADER}
    before = PostHolding.objects.get(user=xuecheng.user(OLD), agency=old)
    assert before.until == dt.date(2026, 3, 9)
    assert not Matter.objects.filter(competent=old).exists()
    assert not Agency.objects.filter(parent=old).exists()


def test_a_client_acts_for_the_successor_and_signs_once_its_head_confirmed(xuecheng, at, monday):
    old, new = agencies(xuecheng)
    made = [
        register_client(by=system_actor("test"), agency=old, name=name, post=post, scopes=["read", "answer"], expires_at=timezone.now() + dt.timedelta(days=90))[0]
        for name, post in (("办案系统", Post.CLERK), ("签发系统", Post.LEADER))
    ]  # fmt: skip
    type(made[1]).objects.filter(pk=made[1].pk).update(confirmed_at=timezone.now())
    merged(xuecheng, at)
    for client in made:
        client.refresh_from_db()
        assert client.holding.agency == new
    assert made[0].usable(timezone.now())
    assert not made[1].usable(timezone.now())
    assert made[1].awaits_confirmation


def test_a_reading_opened_to_a_person_goes_on_and_can_be_taken_back(xuecheng, at, monday):
    referral = make.granted(xuecheng)
    merged(xuecheng, at, "区住建局", NEW)
    reader = xuecheng.actor("区教体局")
    assert referrals_visible_to(reader).filter(pk=referral.pk).exists()
    services.take_back_reading(referral.pk, by=xuecheng.actor(NEW, Post.LEADER), person=reader.user)
    assert not referrals_visible_to(reader).filter(pk=referral.pk).exists()


def test_consent_to_the_predecessors_letter_stands(qidong, at, monday):
    draft = make.draft(qidong, kind="major_difficult")
    services.consent_to_referral(draft.pk, by=make.receiver(qidong, Post.LEADER), note="同意")
    merged(qidong, at, make.SIDES["qidong"][1], "北新镇" if "北新镇" in qidong.agencies else _other_town(qidong))
    draft = Referral.objects.get(pk=draft.pk)
    assert draft.consent_hash
    assert draft.consent_hash == agreed_on(draft)


def _other_town(world):
    receiver = world.agencies[make.SIDES["qidong"][1]]
    return next(name for name, a in world.agencies.items() if a.kind == receiver.kind and a.pk != receiver.pk)


REFUSED = {
    "itself": lambda w, _o: w.agencies[OLD],
    "another district's": lambda _w, o: o.agencies["区住建局"],
    "ended by then": lambda w, _o: _ended(w.agencies["区教体局"]),
    "no side of a letter": lambda w, _o: w.agencies["区政府督查室"],
    "not begun by then": lambda w, _o: _begins(w.agencies["区教体局"]),
}


def _ended(agency):
    Agency.objects.filter(pk=agency.pk).update(valid_to=dt.date(2026, 3, 10))
    return Agency.objects.get(pk=agency.pk)


def _begins(agency):
    Agency.objects.filter(pk=agency.pk).update(valid_from=dt.date(2026, 6, 1))
    return Agency.objects.get(pk=agency.pk)


@pytest.mark.parametrize("which", REFUSED)
def test_a_successor_that_cannot_take_over_is_refused_in_a_sentence(xuecheng, zhoucun, monday, which):
    into = REFUSED[which](xuecheng, zhoucun)
    with pytest.raises(BadInput) as refusal:
        merge_agency(xuecheng.agencies[OLD], into=into, on=dt.date(2026, 4, 1), by=system_actor("test"))
    assert refusal.value.fields["into"].endswith("。")
    assert Agency.objects.get(pk=xuecheng.agencies[OLD].pk).valid_to is None


def test_an_agency_that_another_comes_into_later_does_not_end_before(xuecheng, monday):
    old, new = agencies(xuecheng)
    merge_agency(old, into=new, on=dt.date(2026, 6, 1), by=system_actor("test"))
    with pytest.raises(BadInput):
        merge_agency(new, into=xuecheng.agencies["区教体局"], on=dt.date(2026, 5, 1), by=system_actor("test"))


def test_nothing_ends_without_a_successor_while_matters_are_open(xuecheng, at, monday):
    referral = make.delivered(xuecheng)
    old, _new = agencies(xuecheng)
    with pytest.raises(BadInput) as refusal:
        succession.end_agency(old, last_day=dt.date(2026, 3, 9), by=system_actor("test"))
    assert "1 件" in str(refusal.value)
    services.withdraw_referral(referral.pk, by=make.sender(xuecheng), reason="已自行改正")
    succession.end_agency(old, last_day=dt.date(2026, 3, 9), by=system_actor("test"))
    swept(at("2026-03-10T00:01"))
    assert Agency.objects.get(pk=old.pk).passed_on_at is not None


def test_what_was_opened_since_waits_for_a_successor_and_the_administrator_is_told(xuecheng, at, monday):
    old, new = agencies(xuecheng)
    succession.end_agency(old, last_day=dt.date(2026, 3, 10), by=system_actor("test"))
    referral = make.delivered(xuecheng)
    swept(at("2026-03-11T00:01"))
    swept(at("2026-03-11T00:02"))
    administrator = xuecheng.user("区政府办公室", Post.ADMINISTRATOR)
    assert Message.objects.filter(user=administrator, key__startswith="agency-left").count() == 1
    merge_agency(Agency.objects.get(pk=old.pk), into=new, on=dt.date(2026, 3, 11), by=system_actor("test"))
    swept(at("2026-03-11T00:03"))
    assert Referral.objects.get(pk=referral.pk).to_agency == new


def test_the_administrator_of_the_district_registers_it_and_nobody_else(xuecheng, zhoucun, monday):
    old, new = agencies(xuecheng)
    for by in (make.sender(xuecheng), zhoucun.actor("区政府办公室", Post.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            merge_agency(old, into=new, on=dt.date(2026, 4, 1), by=by)
        with pytest.raises(NotAllowed):
            succession.end_agency(old, last_day=dt.date(2026, 4, 1), by=by)


def test_the_commands_merge_undo_and_refuse(xuecheng, at, monday, capsys):
    make.delivered(xuecheng)
    call_command("merge_agency", "xuecheng", OLD, into=NEW, on=dt.date(2026, 4, 1))
    assert Agency.objects.get(pk=xuecheng.agencies[OLD].pk).valid_to == dt.date(2026, 3, 31)
    call_command("merge_agency", "xuecheng", OLD, undo=True)
    assert Agency.objects.get(pk=xuecheng.agencies[OLD].pk).valid_to is None
    with pytest.raises(SystemExit):
        call_command("end_agency", "xuecheng", OLD)
    assert "未办结" in capsys.readouterr().err
    call_command("merge_agency", "xuecheng", OLD, into=NEW)
    assert Agency.objects.get(pk=xuecheng.agencies[OLD].pk).passed_on_at is not None
    with pytest.raises(SystemExit):
        call_command("merge_agency", "xuecheng", OLD, into="区教体局")
    assert "已经撤并" in capsys.readouterr().err


def test_the_administrations_page_ends_an_agency_by_the_same_rules(xuecheng, monday, client):
    make.delivered(xuecheng)
    old, new = agencies(xuecheng)
    client.force_login(xuecheng.user("区政府办公室", Post.ADMINISTRATOR))
    url = reverse("admin:accounts_agency_change", args=[old.pk])
    fields = ("key", "kind", "name", "short_name", "doc_code", "area_code", "order", "phone", "valid_from")
    data = {name: getattr(old, name) for name in fields} | {"joint_meeting_member": "on"}
    refused = client.post(url, data | {"valid_to": "2026-03-31"})
    assert refused.status_code == 400
    assert "未办结" in refused.content.decode()
    assert Agency.objects.get(pk=old.pk).valid_to is None
    assert client.post(url, data | {"valid_to": "2026-03-31", "successor": new.pk}).status_code == 302
    old.refresh_from_db()
    assert (old.valid_to, old.successor) == (dt.date(2026, 3, 31), new)
