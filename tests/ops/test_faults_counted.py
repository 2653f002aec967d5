"""`make faults` trusts its counts: what is well counts as well, and each loss, double and standstill that is made shows under its name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.models import OutboxEvent
from deadlines.models import Clock
from documents.models import NumberSeries, OfficialDocument
from foundation.cases.models import Material
from foundation.work.models import Job
from notifications.mail import message_id_of
from notifications.models import Message
from ops.faults import invariants
from ops.faults.clerks import Entry
from referrals.models import Referral
from tests import make


@pytest.fixture
def letter(xuecheng, commits):
    User.objects.update(mail_kinds=[str(Message.Kind.ARRIVED)])
    with commits():
        referral = make.signed(xuecheng)
    referral = Referral.objects.get(pk=referral.pk)
    Message.objects.filter(wants_mail=True).update(mailed_at=timezone.now())
    assert referral.state == "delivered"
    return referral


def bad(count):
    return {kind for kind in ("lost", "doubled", "stuck") if getattr(count, kind)}


def mail():
    return [message_id_of(message) for message in Message.objects.filter(wants_mail=True)]


def fanned():
    OutboxEvent.objects.update(fanned_at=timezone.now())
    return invariants.events([])


def act(letter, verb, answered=1.0):
    return invariants.acts([Entry(verb, f"{letter.pk}", 0.5, answered)])


def test_what_is_well_counts_as_well(letter):
    place = Entry("start_draft", letter.case.place, 0.5, 1.0)
    counts = [act(letter, "sign"), invariants.acts([place]), invariants.letters(), invariants.mails(mail()), fanned(), invariants.files()]
    counts += [invariants.escalations(), invariants.jobs()]
    assert [(count.words, count.well) for count in counts] == [([], True)] * len(counts)
    assert all(count.total for count in counts[:6])
    assert invariants.nothing_waits()


def test_an_acknowledged_act_that_is_not_there_is_lost_and_one_without_an_answer_is_stuck(letter):
    assert bad(act(letter, "accept")) == {"lost"}
    assert bad(act(letter, "accept", answered=0.0)) == {"stuck"}
    assert bad(invariants.acts([Entry("start_draft", "nowhere", 0.5, 1.0)])) == {"lost"}


def test_a_draft_that_is_there_twice_is_doubled(letter, xuecheng):
    make.draft(xuecheng, place=letter.case.place, party_code=make.credit_code(7))
    assert bad(invariants.acts([Entry("start_draft", letter.case.place, 0.5, 1.0)])) == {"doubled"}


def test_a_letter_without_its_document_its_file_or_its_number_is_lost(letter):
    document = OfficialDocument.objects.get(subject_id=letter.pk)
    default_storage.delete(document.file.name)
    assert bad(invariants.letters()) == {"lost"}
    OfficialDocument.objects.filter(pk=document.pk).update(rendered_at=None)
    assert bad(invariants.letters()) == {"stuck"}
    assert not invariants.nothing_waits()
    document.delete()
    assert bad(invariants.letters()) == {"lost"}


def test_a_hole_in_the_numbers_is_a_loss(letter):
    NumberSeries.objects.update(last=F("last") + 1)
    assert bad(invariants.letters()) == {"lost"}


def test_a_letter_that_is_not_out_is_stuck(letter):
    Referral.objects.filter(pk=letter.pk).update(state="signed")
    assert bad(invariants.letters()) == {"stuck"}
    assert not invariants.nothing_waits()


def test_a_mail_that_never_came_is_lost_one_of_nobody_doubled_one_that_waits_stuck(letter):
    assert bad(invariants.mails(mail()[1:])) == {"lost"}
    assert bad(invariants.mails([*mail(), "<stranger@localhost>"])) == {"doubled"}
    Message.objects.filter(wants_mail=True).update(mailed_at=None)
    assert bad(invariants.mails([])) == {"stuck"}
    assert not invariants.nothing_waits()


def test_a_person_who_was_not_told_or_told_twice_shows(letter):
    told = Message.objects.filter(key__startswith="delivered:").first()
    Message.objects.create(user=told.user, key=told.key + "0", kind=told.kind, text="x", url="/", created_at=told.created_at)
    assert bad(invariants.mails(mail())) == {"doubled"}
    Message.objects.filter(user=told.user).delete()
    assert bad(invariants.mails(mail())) == {"lost"}


def test_an_act_without_its_event_one_with_two_and_one_that_waits_show(letter):
    assert bad(fanned()) == set()
    event = OutboxEvent.objects.filter(verb="referral.sign").get()
    event.pk, event.uid = None, None
    event.uid = OutboxEvent._meta.get_field("uid").get_default()
    event.save(force_insert=True)
    assert bad(fanned()) == {"doubled"}
    OutboxEvent.objects.filter(verb="referral.sign").delete()
    assert bad(fanned()) == {"lost"}
    OutboxEvent.objects.update(fanned_at=None)
    assert bad(invariants.events([])) == {"lost", "stuck"}


def test_a_clock_that_ran_out_unseen_is_stuck(letter):
    day_before = timezone.now() - dt.timedelta(days=1)
    Clock.objects.filter(subject_id=letter.pk, escalates=True, ended_at=None).update(due_at=day_before)
    assert bad(invariants.escalations()) == {"stuck"}
    assert not invariants.nothing_waits()


def test_a_paper_that_is_not_as_registered_is_lost_and_parked_work_is_stuck(letter):
    default_storage.delete(Material.objects.first().file.name)
    assert bad(invariants.files()) == {"lost"}
    Job.objects.create(kind="mail", subject_id=1, state="parked")
    assert bad(invariants.jobs()) == {"stuck"}
