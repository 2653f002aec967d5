"""The worker and the beat. A statutory deadline never hangs on redelivery: the sweep finds again what a dead worker left."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")


@setup_logging.connect
def log_as_the_settings_say(**_given: Any) -> None:
    """Celery would put handlers of its own on the log, with errors' texts and tasks' arguments in them."""
    from django.conf import settings

    dictConfig(settings.LOGGING)


@worker_process_init.connect
@worker_init.connect
def traced(**given: Any) -> None:
    """In each process that works, and in the one whose threads do; off unless the operator wants it."""
    from config.tracing import start

    pool = getattr(given.get("sender"), "pool_cls", "")
    if given.get("signal") is worker_process_init or "thread" in str(pool):
        start()


app = Celery("yisong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
