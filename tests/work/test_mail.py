"""A mail goes out once; one refused address or a silent server holds up nobody."""

from __future__ import annotations

import smtplib
import socket

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from foundation.work.models import Job
from foundation.work.queueing import find_lost
from notifications.mail import mail_message, message_id_of
from notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(xuecheng, settings):
    """Three messages that want to go by mail, to three people."""
    settings.WORK_RAISES = False
    people = [xuecheng.user("区综合行政执法局"), xuecheng.user("区住建局"), xuecheng.user("区政府办公室", "government_clerk")]
    rows = []
    for number, user in enumerate(people):
        user.email = f"p{number}@example.invalid"
        user.save(update_fields=["email"])
        rows.append(
            Message.objects.create(
                user=user, key=f"k{number}", kind="arrived", text="收到移送：某某建材公司", url="/referrals/1/",
                created_at=timezone.now(), wants_mail=True,
            )
        )  # fmt: skip
    return rows


def test_a_refused_address_is_nobody_elses_trouble(waiting, monkeypatch):
    send = EmailMessage.send

    def refuses(self, *args, **kwargs):
        if self.to == ["p0@example.invalid"]:
            raise smtplib.SMTPRecipientsRefused({self.to[0]: (550, b"no such user")})
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", refuses)
    find_lost(timezone.now())
    assert [m.to for m in mail.outbox] == [["p1@example.invalid"], ["p2@example.invalid"]]
    assert Job.objects.get(kind="mail", subject_id=waiting[0].pk).last_error == "SMTPRecipientsRefused"


def test_a_silent_server_costs_its_time_limit_and_no_attempt(waiting, settings):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        settings.EMAIL_TIMEOUT = 0.2
        find_lost(timezone.now())
    jobs = Job.objects.filter(kind="mail")
    assert {(j.state, j.attempts) for j in jobs} == {("waiting", 0)}
    assert all("mail server away" in j.last_error for j in jobs)


def test_each_try_bears_the_same_message_id_and_names_nobody(waiting):
    first = message_id_of(waiting[0])
    mail_message(waiting[0].pk)
    Message.objects.update(mailed_at=None)
    mail_message(waiting[0].pk)
    assert [m.extra_headers["Message-ID"] for m in mail.outbox] == [first, first]
    assert message_id_of(waiting[1]) != first
    assert "某某建材公司" not in mail.outbox[0].body + mail.outbox[0].subject
    assert "/referrals/1/" in mail.outbox[0].body


def test_a_message_goes_once(waiting):
    assert mail_message(waiting[0].pk) is True
    assert mail_message(waiting[0].pk) is False
    assert len(mail.outbox) == 1


def test_someone_who_left_gets_no_mail(waiting):
    waiting[0].user.is_active = False
    waiting[0].user.save(update_fields=["is_active"])
    mail_message(waiting[0].pk)
    assert mail.outbox == []


@pytest.mark.parametrize(("given", "tls", "ssl"), [("", False, False), ("starttls", True, False), ("tls", False, True)])
def test_the_mail_server_can_be_named_wholly(given, tls, ssl):
    import os
    import subprocess
    import sys

    env = {**os.environ, "EMAIL_SECURITY": given, "EMAIL_PORT": "2525", "EMAIL_HOST_USER": "u", "EMAIL_HOST_PASSWORD": "p"}
    ask = "from config.settings import base as b; print(b.EMAIL_USE_TLS, b.EMAIL_USE_SSL, b.EMAIL_PORT, b.EMAIL_HOST_USER, b.EMAIL_TIMEOUT > 0)"
    said = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True).stdout.split()
    assert said == [str(tls), str(ssl), "2525", "u", "True"]
