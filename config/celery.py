"""The worker and the beat. A statutory deadline never hangs on redelivery: the sweep finds again what a dead worker left."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")


@setup_logging.connect
def log_as_the_settings_say(**_given: Any) -> None:
    """Celery would put handlers of its own on the log, with errors' texts and tasks' arguments in them."""
    from django.conf import settings

    dictConfig(settings.LOGGING)


app = Celery("yisong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
