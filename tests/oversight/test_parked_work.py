"""Parked work: the administrator is told, sees what, since when and why, and has it tried again or given up."""

from __future__ import annotations

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.kinds import Post
from core.errors import BadInput, NotAllowed, NotVisible, WrongState
from core.models import AuditEntry
from foundation.work.models import Job
from foundation.work.performing import perform
from notifications.models import Message
from oversight.parked import give_up_work, parked_rows, retry_work
from referrals.models import Export
from tests import make
from tests.conftest import world_of

OFFICE = "区政府办公室"


@pytest.fixture
def keeper(xuecheng, settings):
    settings.WORK_RAISES = False
    return xuecheng.actor(OFFICE, Post.ADMINISTRATOR)


@pytest.fixture
def ledger(xuecheng, keeper, monkeypatch):
    """A ledger that failed until nobody tried any more."""
    by = make.sender(xuecheng)
    export = Export.objects.create(user=by.user, holding_id=by.holding_id, desk="all")
    Job.objects.create(kind="ledger", subject_id=export.pk, attempts=2)
    with monkeypatch.context() as broken:
        broken.setattr("referrals.services.exporting.ledger_rows", lambda *a: 1 / 0)
        perform("ledger", export.pk)
    return export


def job_of(export):
    return Job.objects.get(kind="ledger", subject_id=export.pk)


def test_the_administrator_is_told_once_and_by_a_message_that_leads_there(ledger, keeper):
    told = Message.objects.get(kind="work")
    assert told.user_id == keeper.user_id
    assert told.url == reverse("parked-work")
    assert perform("ledger", ledger.pk) is False
    assert Message.objects.filter(kind="work").count() == 1


def test_the_page_says_what_since_when_and_why(ledger, keeper, client):
    client.force_login(keeper.user)
    said = client.get(reverse("parked-work")).content.decode()
    assert "移送台账" in said
    assert "ZeroDivisionError" in said
    (row,) = parked_rows(keeper)
    assert (row["subject"], row["attempts"], row["parked_at"]) == (ledger.pk, 3, job_of(ledger).parked_at)


def test_tried_again_it_is_done_and_the_person_gets_the_file(ledger, keeper, client, django_capture_on_commit_callbacks):
    client.force_login(keeper.user)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("work-act", args=[job_of(ledger).pk, "retry"]))
    ledger.refresh_from_db()
    assert ledger.done_at is not None
    assert ledger.failed == ""
    assert (job_of(ledger).state, parked_rows(keeper)) == ("done", [])
    assert AuditEntry.objects.filter(subject_kind="job", verb="job.retry", actor_user_id=keeper.user_id).exists()


def test_given_up_it_is_never_tried_again(ledger, keeper, client):
    client.force_login(keeper.user)
    client.post(reverse("work-act", args=[job_of(ledger).pk, "give_up"]))
    assert job_of(ledger).state == "given_up"
    assert perform("ledger", ledger.pk) is False
    assert AuditEntry.objects.filter(subject_kind="job", verb="job.give_up").exists()
    with pytest.raises(WrongState):
        retry_work(job_of(ledger).pk, by=keeper)


@pytest.mark.parametrize("kind", ["letter", "events"])
def test_what_must_be_done_is_never_given_up(keeper, kind, client):
    job = Job.objects.create(kind=kind, subject_id=1, state="parked", parked_at=timezone.now())
    with pytest.raises(BadInput):
        give_up_work(job.pk, by=keeper)
    client.force_login(keeper.user)
    assert "give_up" not in client.get(reverse("parked-work")).content.decode(), "an act is offered only where it can succeed"


@pytest.mark.parametrize("post", [Post.SECURITY, Post.AUDITOR, Post.GOVERNMENT_CLERK])
def test_nobody_else_looks_after_it(xuecheng, ledger, client, post):
    by = xuecheng.actor(OFFICE, post)
    client.force_login(by.user)
    assert client.get(reverse("parked-work")).status_code == 403
    for act in (retry_work, give_up_work):
        with pytest.raises(NotAllowed):
            act(job_of(ledger).pk, by=by)
    assert client.post(reverse("work-act", args=[job_of(ledger).pk, "retry"])).status_code == 403


def test_another_districts_administrator_neither_sees_nor_touches_it(ledger):
    other = world_of("zhoucun")
    office = next(short for (short, post) in other.holdings if post == Post.ADMINISTRATOR)
    by = other.actor(office, Post.ADMINISTRATOR)
    assert parked_rows(by) == []
    with pytest.raises(NotVisible):
        retry_work(job_of(ledger).pk, by=by)
    assert not Message.objects.filter(kind="work", user_id=by.user_id).exists()


def test_a_parked_mail_is_not_told_by_mail(xuecheng, keeper, monkeypatch):
    user = keeper.user
    user.email, user.mail_kinds = "admin@example.invalid", ["work"]
    user.save()
    message = Message.objects.create(user=user, key="k", kind="arrived", text="x", url="/", created_at=timezone.now(), wants_mail=True)
    Job.objects.create(kind="mail", subject_id=message.pk, attempts=7)
    monkeypatch.setattr("notifications.mail._send", lambda message: 1 / 0)
    perform("mail", message.pk)
    assert Message.objects.get(kind="work").wants_mail is False
    assert mail.outbox == []
