"""Mail goes out here: each message once, even with two workers."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from notifications.models import Message


@shared_task
def send_waiting_mail() -> int:
    """Send what waits, one message a transaction; returns how many went out."""
    sent = 0
    while True:
        with transaction.atomic():
            message = (
                Message.objects.filter(wants_mail=True, mailed_at=None)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("user")
                .order_by("id")
                .first()
            )
            if message is None:
                return sent
            message.mailed_at = timezone.now()
            message.save(update_fields=["mailed_at"])
            if message.user.email:
                subject = f"[移送] {message.get_kind_display()}"
                send_mail(subject, f"{message.text}\n{settings.PUBLIC_URL}{message.url}", None, [message.user.email])
                sent += 1
