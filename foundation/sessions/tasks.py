"""Sessions that ended are forgotten."""

from celery import shared_task

from foundation.sessions.engine import SessionStore


@shared_task
def forget_ended_sessions() -> None:
    SessionStore.clear_expired()
