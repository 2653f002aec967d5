"""The worker and the beat. A statutory deadline never hangs on redelivery: the sweep finds again what a dead worker left."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.development")

app = Celery("yisong")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
