"""A message goes out by mail here: each a piece of work of its own, so that one refused address stops nobody else's."""

from __future__ import annotations

import datetime as dt
import hashlib
import smtplib
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import PostHolding
from core.retries import tried_again
from foundation.work.kinds import TryLater
from notifications.models import Message

# The name of this kind of background work.
MAIL = "mail"
# What the mail server answers when the fault is the server's, not the message's.
SERVER_AWAY = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError)


def mail_message(message_id: int) -> bool:
    """Send one message that wants to go by mail; False if it is gone already. Its kind and its page, nobody's name.

    One worker at a time has it: the lease of its job (foundation/work/performing.py) sees to that.

    Every retry bears the same Message-ID: a message that went out just before its worker died is one message to the
    receiving server. Raises TryLater when the server is away, and what the server said of this message otherwise.
    """
    message = Message.objects.select_related("user").filter(pk=message_id, wants_mail=True, mailed_at=None).first()
    if message is None:
        return False
    if message.user.is_active and message.user.email:
        # Not inside a transaction: no lock waits for a mail server, and what is tried again below is not the sending.
        _send(message)
    _mark(message_id)
    return True


@tried_again
def _mark(message_id: int) -> None:
    with transaction.atomic():
        Message.objects.filter(pk=message_id, mailed_at=None).update(mailed_at=timezone.now())


def _send(message: Message) -> None:
    body = _("您有一条新提醒（%(kind)s），请登录查看：") % {"kind": message.get_kind_display()}
    mail = EmailMessage(
        f"[移送] {message.get_kind_display()}",
        f"{body}\n{settings.PUBLIC_URL}{message.url}",
        to=[message.user.email],
        headers={"Message-ID": message_id_of(message)},
    )
    try:
        mail.send()
    except SERVER_AWAY as fault:
        raise TryLater(f"mail server away: {type(fault).__name__}") from fault
    except smtplib.SMTPException:
        raise
    except OSError as fault:
        raise TryLater(f"mail server away: {type(fault).__name__}") from fault


def message_id_of(message: Message) -> str:
    """The same for every try of this message: made from its row and this installation's secret, not from the clock."""
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:mail:{message.pk}:{message.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('>') or 'localhost'}>"


def unsent(now: dt.datetime) -> Iterable[int]:
    """Messages that wait for the mail, oldest first."""
    return Message.objects.filter(wants_mail=True, mailed_at=None).order_by("id").values_list("pk", flat=True)


def whose_message(message_id: int) -> int | None:
    """The district of the person it is for."""
    person = Message.objects.filter(pk=message_id).values("user_id")
    return PostHolding.objects.filter(user_id__in=person).order_by("-since").values_list("agency__jurisdiction_id", flat=True).first()
